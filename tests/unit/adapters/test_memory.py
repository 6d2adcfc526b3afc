"""The oracle's own parts: how it is named, opened, faulted and asked what lies in it."""

import asyncio

import pytest

from adapters.api import (
    CAPABILITIES,
    ConfigError,
    ConnectError,
    ConnectionSpec,
    DeadLetter,
    Disconnected,
    Effect,
    NotFound,
    Payload,
    Right,
    Services,
    SourceRef,
)
from adapters.memory.adapter import MemoryAdapter, connect
from adapters.memory.faults import Fault, Faults, Killed
from adapters.memory.info import INFO
from adapters.memory.model import MemoryBroker
from adapters.memory.shapes import SHAPES, shape_named
from adapters.registry import Registry
from tests.helpers.clocks import FakeClock


def spec(url: str, **options: str) -> ConnectionSpec:
    return ConnectionSpec("memory", url, options=options)


def test_that_it_is_known_by_its_scheme_and_not_listed() -> None:
    assert Registry().by_url("memory://trial") == INFO
    assert not INFO.listed
    assert [words for words, _ in INFO.capabilities] == list(CAPABILITIES)
    assert INFO.load() is connect


@pytest.mark.parametrize("shape", sorted(SHAPES))
async def test_that_a_url_makes_a_broker_of_its_own(shape: str) -> None:
    adapter = connect(spec(f"memory://trial?shape={shape}&dead=3"), Services(FakeClock()))
    await adapter.open()
    met: list[DeadLetter] = []

    async def sink(letters: object) -> None:
        assert isinstance(letters, list)
        met.extend(letters)

    await adapter.browse(SourceRef("dead"), sink, start=None, limit=10, hold=False)
    await adapter.close(1)
    assert len(met) == 3


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("memory://trial?dead=some", {}),
        ("memory://trial?dead=-1", {}),
        ("memory://trial?shape=heap", {}),
        ("memory://trial", {"shape": ""}),
        ("memory trial", {}),
    ],
)
def test_that_a_url_that_makes_no_sense_is_refused(url: str, options: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        connect(spec(url, **options), Services(FakeClock()))


def test_that_every_shape_grants_what_it_can_do() -> None:
    for shape in SHAPES.values():
        assert set(shape.traits.grants) == set(Right)
        assert shape.traits.free is (shape.looking == "free")
        assert (shape.traits.hides_s is not None) is (shape.looking == "leased")
    with pytest.raises(ConfigError, match="heap"):
        shape_named("heap")


async def test_that_effects_are_numbered_over_all_connections() -> None:
    faults = Faults(at=2, kind=Fault.CUT_AFTER)
    broker = MemoryBroker.shape("positions", faults=faults)
    first, second = broker.connect(), broker.connect()
    done: list[int] = []
    await first.effect("publish", lambda: done.append(1))
    with pytest.raises(Disconnected) as raised:
        await second.effect("remove", lambda: done.append(2))
    assert raised.value.effect is Effect.UNKNOWN
    await first.effect("remove", lambda: done.append(3))
    assert done == [1, 2, 3]
    assert faults.names == ["publish", "remove", "remove"]
    with pytest.raises(Disconnected) as raised:
        await second.effect("remove", lambda: done.append(4))
    assert raised.value.effect is Effect.NOT_DONE
    assert faults.total == 3


@pytest.mark.parametrize(
    ("kind", "raised", "done"),
    [
        (Fault.CUT_BEFORE, Disconnected, False),
        (Fault.CUT_AFTER, Disconnected, True),
        (Fault.KILL_BEFORE, Killed, False),
        (Fault.KILL_AFTER, Killed, True),
    ],
)
async def test_that_a_break_comes_before_or_after_its_effect(
    kind: Fault, raised: type[BaseException], done: bool
) -> None:
    broker = MemoryBroker.shape("positions", faults=Faults(at=1, kind=kind))
    session = broker.connect()
    happened: list[bool] = []
    with pytest.raises(raised):
        await session.effect("publish", lambda: happened.append(True))
    assert bool(happened) is done
    with pytest.raises(raised):
        session.check()
    assert not session.alive
    assert broker.connections == []


async def test_that_a_delay_lets_others_run_before_the_effect() -> None:
    broker = MemoryBroker.shape("positions", faults=Faults(delay_s=0.001))
    order: list[str] = []
    slow = asyncio.ensure_future(broker.connect().effect("publish", lambda: order.append("slow")))
    await asyncio.sleep(0)
    order.append("other")
    await slow
    assert order == ["other", "slow"]


def test_that_all_messages_tells_where_each_lies() -> None:
    broker = MemoryBroker.shape("positions")
    sent = broker.seed_dead(4, twins=2)
    assert sent == [b'{"order": 0}', b'{"order": 0}', b'{"order": 1}', b'{"order": 1}']
    broker.targets["orders"].publish(Payload(b"copy"), "r/1", broker.now(), 0.0)
    lying = broker.all_messages()
    assert [it.body for it in lying if it.dead] == sent
    assert [(it.place, it.body) for it in lying if not it.dead] == [("orders", b"copy")]


def test_that_a_broker_that_is_down_takes_no_connection() -> None:
    broker = MemoryBroker.shape("positions")
    session = broker.connect()
    broker.sever()
    with pytest.raises(Disconnected):
        session.check()
    with pytest.raises(ConnectError):
        broker.connect()
    broker.heal()
    broker.connect().check()


async def test_that_an_adapter_that_was_not_opened_does_nothing() -> None:
    adapter = MemoryAdapter(MemoryBroker.shape("positions"))
    with pytest.raises(Disconnected):
        await adapter.describe("dead")
    assert await adapter.close(1) == []
    await adapter.open()
    with pytest.raises(NotFound):
        await adapter.describe("nowhere")
    assert await adapter.close(0) == []
