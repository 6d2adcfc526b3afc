"""What each shape of the oracle adds to the contract: limits, leases, groups, twins, pointers, marks."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from adapters.api import (
    Adapter,
    ConnectionSpec,
    DeadLetter,
    Denied,
    Disconnected,
    Fate,
    Gone,
    LookEffect,
    Measure,
    MessageRef,
    Order,
    Outgoing,
    Payload,
    Refused,
    Right,
    Scope,
    Secret,
    Services,
    SourceRef,
    TargetRef,
    Try,
)
from adapters.memory.adapter import MemoryAdapter, memory_factory
from adapters.memory.faults import Fault, Faults, Killed
from adapters.memory.model import MemoryBroker
from adapters.testing.contract import bodies, wanted
from adapters.testing.gate import ScriptedGate
from tests.helpers.clocks import FakeClock

DEAD = SourceRef("dead")
ORDERS = TargetRef("orders")
BREAKS = (Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.KILL_BEFORE, Fault.KILL_AFTER)


async def opened(broker: MemoryBroker) -> Adapter:
    adapter = MemoryAdapter(broker)
    await adapter.open()
    return adapter


async def look(adapter: Adapter, *, hold: bool = False) -> list[DeadLetter]:
    met: list[DeadLetter] = []

    async def sink(letters: Sequence[DeadLetter]) -> None:
        met.extend(letters)

    await adapter.browse(DEAD, sink, start=None, limit=10_000, hold=hold)
    return met


def refs(letters: Sequence[DeadLetter]) -> list[MessageRef]:
    return [it.ref for it in letters]


async def test_that_one_paced_pass_costs_a_quorum_queue_one_delivery() -> None:
    broker = MemoryBroker.shape("quorum", limit=3)
    broker.seed_dead(300)
    adapter = await opened(broker)
    met = await look(adapter)
    gate = ScriptedGate(adapter, ORDERS, prefix=1)
    end = await adapter.take(DEAD, wanted(refs(met[::7])), gate)
    assert end.looks_left == 1
    assert not broker.sources["dead"].dropped
    assert len(broker.all_messages()) == 300


async def test_that_looking_too_often_loses_messages_and_says_so_before() -> None:
    broker = MemoryBroker.shape("quorum", limit=2)
    broker.seed_dead(5)
    adapter = await opened(broker)
    left = []
    for _ in range(2):
        await look(adapter)
        traits = (await adapter.describe("dead")).traits
        assert traits is not None
        left.append(traits.looks_left)
    assert left == [1, 0]
    assert len(broker.all_messages()) == 5
    await look(adapter)
    assert len(broker.sources["dead"].dropped) == 5


async def test_that_arrivals_while_a_full_queue_is_held_overflow_as_declared() -> None:
    broker = MemoryBroker.shape("classic", max_length=5)
    broker.seed_dead(5)
    adapter = await opened(broker)
    traits = (await adapter.describe("dead")).traits
    assert traits is not None
    assert LookEffect.MAY_OVERFLOW in traits.effects
    await look(adapter, hold=True)
    broker.seed_dead(3)
    assert len(broker.all_messages()) == 8
    await adapter.release(DEAD)
    assert len(broker.all_messages()) == 5
    assert len(broker.sources["dead"].dropped) == 3


async def test_that_our_own_hold_does_not_look_like_an_empty_queue() -> None:
    broker = MemoryBroker.shape("classic")
    broker.seed_dead(5)
    adapter, other = await opened(broker), await opened(broker)
    await look(adapter, hold=True)
    depths = [(await it.sweep(Scope(["dead"]))).columns[Measure.DEPTH].values[0] for it in (adapter, other)]
    assert depths == [5, 0]


async def test_that_a_dead_connection_hides_until_the_broker_notices() -> None:
    clock = FakeClock()
    broker = MemoryBroker.shape("classic", now=clock.now, notice_s=60)
    broker.seed_dead(4)
    adapter = await opened(broker)
    met = await look(adapter, hold=True)
    broker.connections[0].kill()
    with pytest.raises(Killed):
        await look(adapter)
    after = await opened(broker)
    assert not await look(after)
    (sighting,) = await after.settle(DEAD, [Try(met[0].ref, "r/1", ORDERS)], {})
    assert sighting.original == "hidden"
    gate = ScriptedGate(after, ORDERS)
    end = await after.take(DEAD, wanted(refs(met)), gate)
    assert (end.met, end.complete) == (0, False)
    clock.advance(61)
    assert refs(await look(after)) == refs(met)


async def test_that_leases_outlive_the_program_until_a_time_of_day() -> None:
    clock = FakeClock()
    broker = MemoryBroker.shape("leases", now=clock.now)
    broker.seed_dead(4)
    adapter = await opened(broker)
    met = await look(adapter, hold=True)
    broker.connections[0].kill()
    after = await opened(broker)
    assert not await look(after)
    (sighting,) = await after.settle(DEAD, [Try(met[0].ref, "r/1", ORDERS)], {})
    assert sighting.original == "hidden"
    assert sighting.not_before is not None
    clock.advance((sighting.not_before - clock.now()).total_seconds())
    assert {it.ref for it in await look(after)} == {it.ref for it in met}


async def test_that_a_lease_that_ends_while_the_gate_waits_sends_nothing() -> None:
    clock = FakeClock()
    broker = MemoryBroker.shape("leases", now=clock.now)
    broker.seed_dead(3)
    adapter = await opened(broker)
    met = await look(adapter)

    def late(_: MessageRef) -> Order:
        clock.advance(1000)
        return Order.SEND

    gate = ScriptedGate(adapter, ORDERS, order=late)
    await adapter.take(DEAD, wanted(refs(met)), gate)
    assert {(it.fate, it.original) for it in gate.outcomes} == {(Fate.KEPT, "left")}
    assert not broker.targets["orders"].messages


async def test_that_a_lease_that_ends_while_a_copy_is_made_leaves_the_original_unknown() -> None:
    clock = FakeClock()
    broker = MemoryBroker.shape("leases", now=clock.now)
    broker.seed_dead(2)
    adapter = await opened(broker)
    met = await look(adapter)

    async def slow(_: Sequence[DeadLetter]) -> None:
        clock.advance(1000)

    gate = ScriptedGate(adapter, ORDERS, before_keep=slow)
    await adapter.take(DEAD, wanted(refs(met)), gate)
    assert {(it.fate, it.original) for it in gate.outcomes} == {(Fate.MOVED, "unknown")}
    assert len(broker.all_messages()) == 4


async def test_that_holding_longer_than_allowed_ends_the_connection_and_loses_nothing() -> None:
    clock = FakeClock()
    broker = MemoryBroker.shape("classic", now=clock.now)
    broker.seed_dead(3)
    adapter = await opened(broker)
    met = await look(adapter, hold=True)
    clock.advance(1801)
    with pytest.raises(Disconnected):
        await adapter.take(DEAD, wanted(refs(met)), ScriptedGate(adapter, ORDERS))
    after = await opened(broker)
    gate = ScriptedGate(after, ORDERS)
    await after.take(DEAD, wanted(refs(met)), gate)
    assert len(gate.outcomes) == 3


async def test_that_a_held_look_and_its_take_count_as_one_delivery() -> None:
    broker = MemoryBroker.shape("quorum", limit=3)
    broker.seed_dead(20)
    adapter = await opened(broker)
    met = await look(adapter, hold=True)
    gate = ScriptedGate(adapter, ORDERS)
    end = await adapter.take(DEAD, wanted(refs(met[::2])), gate)
    assert end.complete
    assert end.looks_left == 2
    assert refs(await look(adapter)) == refs(met[1::2])


async def test_that_a_group_shows_its_head_and_gives_the_rest_only_as_the_head_goes() -> None:
    broker = MemoryBroker.shape("fifo")
    broker.seed_dead(100)
    adapter = await opened(broker)
    traits = (await adapter.describe("dead")).traits
    assert traits is not None
    met = await look(adapter)
    assert len(met) == traits.reach == 10
    gate = ScriptedGate(adapter, ORDERS)
    await adapter.take(DEAD, wanted(refs(met)), gate)
    assert refs(list(gate.copied)) == refs(met)
    assert bodies(await look(adapter)) == [b'{"order": %d}' % number for number in range(10, 20)]


async def test_that_a_failed_message_stops_its_group_and_no_other() -> None:
    broker = MemoryBroker.shape("fifo")
    broker.seed_dead(8, groups=2)
    adapter = await opened(broker)
    met = sorted(await look(adapter), key=lambda it: int(it.ref.key.rpartition("-")[2]))
    gate = ScriptedGate(adapter, ORDERS, refused=frozenset({met[2].ref.key}))
    await adapter.take(DEAD, wanted(refs(met)), gate)
    sent = [broker.targets["orders"].messages[n].payload.body for n in broker.targets["orders"].messages]
    assert sorted(sent) == sorted(bodies([met[0], *met[1::2]]))
    assert not set(gate.admitted) & {met[4].ref, met[6].ref}


async def test_that_purging_pointers_leaves_what_they_point_to() -> None:
    broker = MemoryBroker.shape("pointers")
    broker.seed_dead(4)
    source = broker.sources["dead"]
    del source.origins[2]
    adapter = await opened(broker)
    met = await look(adapter)
    assert [isinstance(it.payload, Gone) for it in met] == [False, True, False, False]
    gate = ScriptedGate(adapter, ORDERS)
    await adapter.take(DEAD, wanted(refs(met)), gate)
    assert sorted(it.ref.key for it in gate.outcomes) == ["1", "3", "4"]
    assert list(source.messages) == [2]
    assert sorted(source.origins) == [1, 3, 4]


async def test_that_marked_originals_stay_and_name_their_run() -> None:
    broker = MemoryBroker.shape("log")
    broker.seed_dead(3)
    adapter = await opened(broker)
    met = await look(adapter)
    gate = ScriptedGate(adapter, ORDERS, run="a1b2")
    await adapter.move(DEAD, wanted(refs(met[:1])), gate)
    again = await look(adapter)
    assert refs(again) == refs(met)
    assert [it.handled.run if it.handled else None for it in again] == ["a1b2", None, None]


async def test_that_a_consumed_copy_cannot_be_ruled_out_by_a_search() -> None:
    clock = FakeClock()
    broker = MemoryBroker.shape("positions", now=clock.now)
    broker.seed_dead(2)
    adapter = await opened(broker)
    met = await look(adapter)
    since = await adapter.marks([ORDERS])
    gate = ScriptedGate(adapter, ORDERS)
    await adapter.take(DEAD, wanted(refs(met[:1])), gate)
    broker.consume("orders")
    tries = [Try(it.ref, gate.key(it.ref), ORDERS) for it in met]
    sightings = await adapter.settle(DEAD, tries, since)
    assert [(it.original, it.copy, it.again_safe) for it in sightings] == [
        ("away", "cannot_tell", True),
        ("there", "cannot_tell", True),
    ]
    clock.advance(121)
    late = await adapter.settle(DEAD, tries[:1], since)
    assert [it.again_safe for it in late] == [False]


async def test_that_a_removal_the_broker_only_claims_shows_up_again() -> None:
    broker = MemoryBroker.shape("leases")
    broker.seed_dead(1)
    adapter = await opened(broker)
    met = await look(adapter)
    broker.faults = Faults(at=3, kind=Fault.IGNORE)
    await adapter.take(DEAD, wanted(refs(met)), ScriptedGate(adapter, ORDERS))
    assert broker.faults.names == ["lease", "publish", "remove"]
    assert len(broker.all_messages()) == 2


@pytest.mark.parametrize("shape", ["positions", "classic", "log"])
async def test_that_a_denied_removal_leaves_a_named_double(shape: str) -> None:
    broker = MemoryBroker.shape(shape)
    broker.seed_dead(2)
    broker.denied.add(Right.REMOVE)
    adapter = await opened(broker)
    traits = (await adapter.describe("dead")).traits
    assert traits is not None
    assert traits.grant(Right.REMOVE).verdict == "no"
    met = await look(adapter)
    gate = ScriptedGate(adapter, ORDERS)
    await adapter.take(DEAD, wanted(refs(met)), gate)
    assert {(it.fate, it.original) for it in gate.outcomes} == {(Fate.MOVED, "left")}
    assert all(it.reason for it in gate.outcomes)


async def test_that_a_full_or_strict_target_refuses() -> None:
    broker = MemoryBroker.shape("positions_exact")
    broker.seed_dead(3)
    broker.targets["orders"].room = 1
    broker.targets["parking"].max_bytes = 4
    adapter = await opened(broker)
    (route, narrow) = await adapter.route(DEAD, [ORDERS, TargetRef("parking")])
    assert (route.room, narrow.max_bytes) == (1, 4)
    (result,) = await adapter.publish([Outgoing(TargetRef("parking"), Payload(b"12345"), "r/9")])
    assert isinstance(result, Refused)
    met = await look(adapter)
    gate = ScriptedGate(adapter, ORDERS)
    await adapter.move(DEAD, wanted(refs(met)), gate)
    assert [(it.fate, it.original) for it in gate.outcomes] == [
        (Fate.MOVED, "removed"),
        (Fate.KEPT, "left"),
        (Fate.KEPT, "left"),
    ]


async def test_that_what_dies_again_comes_back_while_its_pass_ends() -> None:
    broker = MemoryBroker.shape("classic")
    broker.seed_dead(4)
    adapter = await opened(broker)
    met = await look(adapter)

    async def die(_: Sequence[DeadLetter]) -> None:
        broker.consume("orders", dies=lambda _: True)

    gate = ScriptedGate(adapter, ORDERS, prefix=1, before_keep=die)
    end = await adapter.take(DEAD, wanted(refs(met)), gate)
    assert end.met == 4
    assert len(gate.outcomes) == 4
    assert len(broker.sources["dead"].messages) == 3


async def test_that_a_denied_publish_is_an_answer() -> None:
    broker = MemoryBroker.shape("positions")
    broker.denied.add(Right.PUBLISH)
    adapter = await opened(broker)
    (route,) = await adapter.route(DEAD, [ORDERS])
    assert route.blocked
    (result,) = await adapter.publish([Outgoing(ORDERS, Payload(b"x"), "r/1")])
    assert isinstance(result, Denied)


async def test_that_a_lying_count_misleads_the_sweep_and_no_pass() -> None:
    broker = MemoryBroker.shape("classic")
    broker.seed_dead(4)
    broker.faults.lie = 3
    adapter = await opened(broker)
    assert (await adapter.sweep(Scope(["dead"]))).columns[Measure.DEPTH].values[0] == 7
    assert len(await look(adapter)) == 4


async def test_that_a_shuffled_look_meets_everything() -> None:
    broker = MemoryBroker.shape("classic")
    sent = broker.seed_dead(20)
    broker.faults.shuffle = True
    met = bodies(await look(await opened(broker)))
    assert met != sent
    assert sorted(met) == sorted(sent)


async def test_that_a_factory_shares_one_broker_between_its_connections() -> None:
    broker = MemoryBroker.shape("positions")
    sent = broker.seed_dead(3)
    factory = memory_factory(broker)
    spec = ConnectionSpec("memory", "memory://trial", secrets={"password": Secret("x")})
    for _ in range(2):
        adapter = factory(spec, Services(FakeClock()))
        await adapter.open()
        assert bodies(await look(adapter)) == sent
        await adapter.close(1)


def sweeps(shape: str) -> Iterator[tuple[Faults, Callable[[], MemoryBroker]]]:
    """Each kind of break at each effect, up to a number that no run reaches."""
    for at in range(1, 60):
        for kind in BREAKS:
            faults = Faults()

            def broker(faults: Faults = faults) -> MemoryBroker:
                made = MemoryBroker.shape(shape, faults=faults)
                made.seed_dead(9, twins=3)
                return made

            faults.kind = kind
            faults.at = at
            yield faults, broker


@pytest.mark.parametrize("shape", ["classic", "quorum", "positions", "leases"])
async def test_that_breaks_over_a_held_look_lose_no_twin(shape: str) -> None:
    """One of each three equal messages is chosen; whatever breaks, each body lies three times or more often."""
    struck = 0
    for faults, make in sweeps(shape):
        broker = make()
        adapter = await opened(broker)
        sent: dict[MessageRef, int] = {}
        try:
            met = await look(adapter, hold=True)
            chosen = refs([it for it in met if it.ref.key == met[0].ref.key][:1] or met[:1])
            gate = ScriptedGate(adapter, ORDERS, order=lambda ref, sent=sent: _first(ref, sent))  # type: ignore[misc]
            await adapter.take(DEAD, wanted(chosen), gate)
        except (Disconnected, Killed):
            struck += 1
        lying = [it.body for it in broker.all_messages()]
        assert all(lying.count(body) >= 3 for body in set(lying)), f"{faults.kind} at {faults.at}"
        assert len(set(lying)) == 3
    assert struck


def _first(ref: MessageRef, sent: dict[MessageRef, int]) -> Order:
    if sent:
        return Order.LEAVE
    sent[ref] = 1
    return Order.SEND
