"""The watcher over brokers in memory: what it posts, how it recovers, and what it keeps."""

import asyncio
import math
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from adapters.api import (
    ConfigError,
    ConnectError,
    Environment,
    Gate,
    Mark,
    Measure,
    Outgoing,
    Payload,
    Right,
    Secret,
    SourceRef,
    TargetRef,
    UnknownKind,
    Unsupported,
    Wanted,
)
from adapters.memory.model import MemoryBroker
from adapters.memory.store import Target
from dashboard.core.connections import Answer, Connection
from dashboard.core.fleet import FleetRow, FleetSnapshot, Need, ResourceKey, Verdict
from tests.helpers.watching import BrokerInfo, broker_info, fleet_until, watching

SHOP = Connection("shop", "trial", "trial://here", environment=Environment.DEVELOPMENT, read_only=False)


@pytest.fixture
def info() -> BrokerInfo:
    broker = MemoryBroker.shape("positions")
    broker.seed_dead(3)
    return broker_info(broker)


def row(fleet: FleetSnapshot, name: str = "dead") -> FleetRow | None:
    return next((found for found in fleet.rows if found.key.name == name), None)


def depth(fleet: FleetSnapshot, name: str = "dead") -> float:
    found = row(fleet, name)
    return math.nan if found is None else found.values[Measure.DEPTH]


def answer(fleet: FleetSnapshot) -> Answer:
    return fleet.connections[0].answer


def is_down(fleet: FleetSnapshot) -> bool:
    return bool(fleet.connections) and answer(fleet) is Answer.DISCONNECTED


async def test_that_the_fleet_shows_what_the_broker_holds(tmp_path: Path, info: BrokerInfo) -> None:
    async with watching(tmp_path, info) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        await world.watcher.save_connection(SHOP, {})
        fleet = await fleet_until(news, lambda fleet: depth(fleet) == 3)
        assert answer(fleet) is Answer.ANSWERS
        assert fleet.connections[0].server == "memory 1"
        assert fleet.connections[0].sources == 3
        info.broker.seed_dead(4)
        await fleet_until(news, lambda fleet: depth(fleet) == 7)
        assert {resource.name for resource in world.watcher.resources("shop")} == {
            "dead",
            "orders",
            "parking",
        }


async def test_that_a_broken_connection_is_told_goes_stale_and_comes_back(
    tmp_path: Path, info: BrokerInfo
) -> None:
    async with watching(tmp_path, info) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        await world.watcher.save_connection(SHOP, {})
        before = await fleet_until(news, lambda fleet: depth(fleet) == 3)
        info.broker.sever()
        down = await fleet_until(news, is_down)
        assert down.connections[0].next_try is not None
        assert down.connections[0].since > before.connections[0].since
        stale = await fleet_until(news, lambda fleet: bool(fleet.rows) and fleet.rows[0].stale)
        gone = row(stale)
        assert gone is not None
        assert (gone.verdict, gone.need, depth(stale)) == (Verdict.STALE, Need.NOT_KNOWN, 3)
        assert stale.connections[0].trouble == "The broker does not answer."
        info.broker.heal()
        back = await fleet_until(news, lambda fleet: answer(fleet) is Answer.ANSWERS)
        assert row(back) is not None
        series = await world.watcher.series(ResourceKey("shop", "dead"), [Measure.DEPTH], 0)
        broke = down.connections[0].since.timestamp()
        assert [(begin, end) for begin, end in series[0].gaps if begin <= broke <= end]


async def test_that_one_connection_that_hangs_does_not_hold_up_another(
    tmp_path: Path, info: BrokerInfo
) -> None:
    slow = broker_info(MemoryBroker.shape("positions"), "slow")
    slow.broker.down = True
    async with watching(tmp_path, info, slow) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        await world.watcher.save_connection(replace(SHOP, name="a", kind="slow"), {})
        await world.watcher.save_connection(replace(SHOP, name="b"), {})
        fleet = await fleet_until(news, lambda fleet: depth(fleet) == 3)
        assert [view.connection.name for view in fleet.connections] == ["a", "b"]
        assert {found.key.connection for found in fleet.rows} == {"b"}


async def test_that_a_saved_connection_and_its_history_survive_a_restart(
    tmp_path: Path, info: BrokerInfo
) -> None:
    async with watching(tmp_path, info) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        await world.watcher.save_connection(SHOP, {})
        await fleet_until(
            news, lambda fleet: (row(fleet) or fleet.rows[0]).samples > 3 if fleet.rows else False
        )
    async with watching(tmp_path, info) as world:
        assert [view.connection for view in world.watcher.connections()] == [SHOP]
        series = await world.watcher.series(ResourceKey("shop", "dead"), [Measure.DEPTH, Measure.LAG], 0)
        assert len(series[0].times) > 3
        assert {it for it in series[0].values if not math.isnan(it)} == {3}
        assert series[1].times == ()


async def test_that_a_connection_of_this_session_is_not_written_down(
    tmp_path: Path, info: BrokerInfo
) -> None:
    async with watching(tmp_path, info) as world:
        session = replace(SHOP, name="127.0.0.1:4222", saved=False)
        await world.watcher.save_connection(session, {"password": Secret("s3cret")})
        fleet = await world.watcher.sweep(["127.0.0.1:4222"])
        assert depth(fleet) == 3
        assert info.specs[-1].secrets == {"password": Secret("s3cret")}
        assert not (tmp_path / "workspace.toml").exists()
    async with watching(tmp_path, info) as world:
        assert world.watcher.connections() == ()


async def test_that_no_secret_reaches_a_file(tmp_path: Path, info: BrokerInfo) -> None:
    async with watching(tmp_path, info) as world:
        given = replace(SHOP, url="trial://app:s3cret@here:1?x=1")
        await world.watcher.save_connection(given, {})
        await world.watcher.sweep(["shop"])
        assert info.specs[-1].secrets["password"].reveal() == "s3cret"
        assert info.specs[-1].options == {"user": "app", "x": "1"}
    assert not [data for data in files_of(tmp_path) if b"s3cret" in data]
    async with watching(tmp_path, info) as world:
        with pytest.raises(ConnectError, match="not on this computer"):
            await world.watcher.sweep(["shop"])


async def test_that_a_swept_connection_knows_rates_the_second_time(tmp_path: Path, info: BrokerInfo) -> None:
    async with watching(tmp_path, info) as world:
        await world.watcher.save_connection(SHOP, {})
        first = await world.watcher.sweep(["shop"])
        found = row(first)
        assert found is not None
        assert found.why[Measure.IN_RATE] == "one reading so far"
        info.broker.seed_dead(2)
        second = row(await world.watcher.sweep(["shop"]))
        assert second is not None
        assert second.values[Measure.IN_RATE] > 0
        assert len(info.specs) == 1


async def test_that_a_sweep_raises_what_is_wrong_and_the_next_one_works(
    tmp_path: Path, info: BrokerInfo
) -> None:
    async with watching(tmp_path, info) as world:
        await world.watcher.save_connection(SHOP, {})
        info.broker.sever()
        with pytest.raises(ConnectError, match="does not answer"):
            await world.watcher.sweep(["shop"])
        info.broker.heal()
        assert depth(await world.watcher.sweep(["shop"])) == 3
        with pytest.raises(ConfigError, match="no connection 'bank'"):
            await world.watcher.sweep(["bank"])


async def test_that_forgetting_removes_connection_secrets_and_history(
    tmp_path: Path, info: BrokerInfo
) -> None:
    async with watching(tmp_path, info) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        await world.watcher.save_connection(SHOP, {"password": Secret("s3cret")})
        await fleet_until(news, lambda fleet: depth(fleet) == 3)
        await world.watcher.forget_connection("shop")
        fleet = await fleet_until(news, lambda fleet: not fleet.connections)
        assert fleet.rows == ()
        assert "shop" not in (tmp_path / "workspace.toml").read_text()
        series = await world.watcher.series(ResourceKey("shop", "dead"), [Measure.DEPTH], 0)
        assert series[0].times == ()
        with pytest.raises(ConfigError):
            world.watcher.connection("shop")


async def test_that_a_read_only_connection_has_no_way_to_write(tmp_path: Path, info: BrokerInfo) -> None:
    async with watching(tmp_path, info) as world:
        await world.watcher.save_connection(replace(SHOP, read_only=True), {})
        adapter = await world.watcher.open_adapter("shop", run="R-0001")
        assert info.specs[-1].client_name == "redrive kim@desk R-0001"
        source = SourceRef("dead")
        wanted = Wanted({}, Mark("3"))
        with pytest.raises(Unsupported, match="shop is read-only"):
            await adapter.publish([Outgoing(TargetRef("orders"), Payload(b""), "r/1")])
        gate = cast(Gate, None)  # Refused before it is asked.
        for call in (adapter.take, adapter.move):
            with pytest.raises(Unsupported, match="shop is read-only"):
                await call(source, wanted, gate)
        with pytest.raises(Unsupported, match="Holding"):
            await adapter.browse(source, _nothing, start=None, limit=1, hold=True)
        assert (await adapter.browse(source, _nothing, start=None, limit=2, hold=False)).met == 2
        await adapter.close(1)
        assert len(info.broker.sources["dead"].messages) == 3


async def test_that_a_read_only_connection_refuses_a_look_that_changes_something(tmp_path: Path) -> None:
    info = broker_info(MemoryBroker.shape("quorum"))
    info.broker.seed_dead(1)
    async with watching(tmp_path, info) as world:
        await world.watcher.save_connection(replace(SHOP, read_only=True), {})
        adapter = await world.watcher.open_adapter("shop")
        with pytest.raises(Unsupported, match="changes it"):
            await adapter.browse(SourceRef("dead"), _nothing, start=None, limit=1, hold=False)
        await adapter.close(1)


async def test_that_an_adapter_which_does_not_open_is_closed(tmp_path: Path, info: BrokerInfo) -> None:
    async with watching(tmp_path, info) as world:
        info.broker.down = True
        with pytest.raises(ConnectError):
            await world.watcher.open_adapter(SHOP)
        assert info.broker.connections == []


async def test_that_trying_a_connection_says_what_it_may_do_and_saves_nothing(
    tmp_path: Path, info: BrokerInfo
) -> None:
    info.broker.denied.add(Right.REMOVE)
    async with watching(tmp_path, info) as world:
        result = await world.watcher.try_connection(SHOP, {"password": Secret("s3cret")})
        verdicts = {finding.title: finding.good for finding in result.findings}
        assert result.ok
        assert verdicts["Connect"] is True
        assert verdicts["Remove messages"] is False
        assert verdicts["Read numbers"] is True
        assert world.watcher.connections() == ()
        assert info.broker.connections == []
        info.broker.down = True
        result = await world.watcher.try_connection(SHOP, {})
        assert (result.ok, result.headline) == (False, "The broker does not answer.")


async def test_that_an_unknown_kind_is_told_with_what_was_meant(tmp_path: Path, info: BrokerInfo) -> None:
    async with watching(tmp_path, info) as world:
        result = await world.watcher.try_connection(replace(SHOP, kind="trail"), {})
        assert not result.ok
        assert "trial" in result.findings[0].remedy
        with pytest.raises(UnknownKind):
            await world.watcher.save_connection(replace(SHOP, kind="trail"), {})


async def test_that_a_mistake_in_a_connection_is_told_and_waits_for_a_person(
    tmp_path: Path, info: BrokerInfo
) -> None:
    async with watching(tmp_path, info, environ={}) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        await world.watcher.save_connection(replace(SHOP, options={"password": "${SHOP_PASSWORD}"}), {})
        fleet = await fleet_until(news, is_down)
        assert fleet.connections[0].trouble == "The environment variable SHOP_PASSWORD is not set."
        assert fleet.connections[0].next_try is None
        await world.watcher.save_connection(SHOP, {})
        await fleet_until(news, lambda fleet: depth(fleet) == 3)


async def test_that_trying_again_does_not_wait(tmp_path: Path, info: BrokerInfo) -> None:
    async with watching(tmp_path, info, environ={}) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        await world.watcher.save_connection(replace(SHOP, kind="memory", url="memory://x?dead=x"), {})
        await fleet_until(news, is_down)
        world.watcher.try_again("shop")
        world.watcher.try_again("never there")
        fleet = await fleet_until(news, lambda fleet: True)
        assert "dead=x" in fleet.connections[0].trouble


@pytest.mark.allow_log("reading shop failed")
async def test_that_a_mistake_of_this_program_is_told_and_reading_starts_again(
    tmp_path: Path, info: BrokerInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watching(tmp_path, info) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        with monkeypatch.context() as broken:
            broken.setattr(info.broker, "connect", lambda: 1 // 0)
            await world.watcher.save_connection(SHOP, {})
            fleet = await fleet_until(news, is_down)
            assert fleet.connections[0].trouble == "Something went wrong in this program."
        await fleet_until(news, lambda fleet: depth(fleet) == 3)


async def test_that_a_driver_which_cancels_its_caller_does_not_end_the_watching(
    tmp_path: Path, info: BrokerInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled() -> None:
        raise asyncio.CancelledError

    async with watching(tmp_path, info) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        with monkeypatch.context() as broken:
            broken.setattr(info.broker, "connect", cancelled)
            await world.watcher.save_connection(SHOP, {})
            fleet = await fleet_until(news, is_down)
            assert fleet.connections[0].trouble == "The connection was closed."
        await fleet_until(news, lambda fleet: depth(fleet) == 3)


async def test_that_a_saved_secret_is_used_when_a_saved_connection_is_tried_again(
    tmp_path: Path, info: BrokerInfo
) -> None:
    async with watching(tmp_path, info) as world:
        await world.watcher.save_connection(SHOP, {"password": Secret("s3cret")})
        assert (await world.watcher.try_connection(SHOP, {})).ok
        assert info.specs[-1].secrets == {"password": Secret("s3cret")}


async def test_that_a_damaged_workspace_stops_the_start_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "workspace.toml").write_text("[connections\n")
    with pytest.raises(ConfigError, match="line 1"):
        async with watching(tmp_path):
            raise AssertionError
    assert (tmp_path / "workspace.toml").read_text() == "[connections\n"


async def test_that_the_users_own_header_pairs_are_known(tmp_path: Path) -> None:
    (tmp_path / "workspace.toml").write_text('[[failure_headers]]\nexception = "x-class"\n')
    async with watching(tmp_path) as world:
        assert world.watcher.failure_headers == (("x-class", ""),)


async def test_that_a_new_resource_appears_by_itself(tmp_path: Path, info: BrokerInfo) -> None:
    async with watching(tmp_path, info) as world:
        news = world.mailbox.subscribe()
        world.watcher.start()
        await world.watcher.save_connection(SHOP, {})
        await fleet_until(news, lambda fleet: depth(fleet) == 3)
        info.broker.targets["late"] = Target("late")
        await fleet_until(news, lambda fleet: depth(fleet, "late") == 0)
        del info.broker.targets["late"]
        await fleet_until(news, lambda fleet: row(fleet, "late") is None)


def files_of(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.iterdir()]


async def _nothing(_: object) -> None: ...
