"""Runs against a real NATS server: killed, cut, paused, full, deleted under way; nothing is lost."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import nats
import pytest
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy

from adapters.api import Adapter, ConfigError, ConnectionSpec, Denied, Environment, Services
from adapters.nats.info import INFO
from dashboard.core.connections import Connection
from dashboard.core.runs import Pace, RunState, RunView
from dashboard.engine.clock import SystemClock
from tests.helpers.bench import Looked, Make, Program, confirmed, connection, draft, look
from tests.helpers.cut_proxy import CutProxy
from tests.helpers.nats_server import NatsServer

CLOCK = SystemClock()
COUNT = 2_000
DEADLINE_S = 60.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    started = NatsServer(tmp_path / "nats")
    with started:
        yield started


@pytest.fixture
async def js(server: NatsServer) -> AsyncIterator[JetStreamContext]:
    async def quiet(error: Exception) -> None:
        """The test kills the server: the client's word on it is no news."""

    client = await nats.connect(
        server.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1, error_cb=quiet
    )
    context = client.jetstream()
    await context.add_stream(name="ORDERS", subjects=["orders.>"])
    await context.add_stream(name="DEAD", subjects=["dead.>"])
    yield context
    await client.close()


def body(number: int) -> bytes:
    return bytes(range(256)) if number % 100 == 1 else b"" if number % 100 == 2 else b'{"order": %d}' % number


async def seed(js: JetStreamContext, count: int = COUNT) -> list[tuple[bytes, str]]:
    for start in range(0, count, 500):
        await asyncio.gather(
            *(
                js.publish("dead.orders", body(n), headers={"tenant": f"t{n}", "x-error": "late"})
                for n in range(start, min(count, start + 500))
            )
        )
    return [(body(n), f"t{n}") for n in range(count)]


async def held(js: JetStreamContext, stream: str) -> "Counter[tuple[bytes, str]]":
    """Everything in a stream, by a plain client's ordered consumer."""
    found: Counter[tuple[bytes, str]] = Counter()
    waiting = (await js.stream_info(stream)).state.messages
    if waiting:
        subscription = await js.subscribe(
            ">" if stream == "" else f"{stream.lower()}.>", ordered_consumer=True
        )
        for _ in range(waiting):
            message = await subscription.next_msg(5)
            found[message.data, (message.headers or {}).get("tenant", "")] += 1
        await subscription.unsubscribe()
    return found


def making(url: str) -> Make:
    def make() -> Adapter:
        return INFO.load()(ConnectionSpec("nats", url), Services(CLOCK))

    return make


async def opened(folder: Path, url: str, link: Connection | None = None) -> Program:
    looked: Looked = await look(making(url), "DEAD", CLOCK)
    return Program(folder, making(url), looked, link or connection(), CLOCK)


async def until(program: Program, *states: RunState, moved: int = 0) -> RunView:
    async with asyncio.timeout(DEADLINE_S):
        while True:
            view = await program.runs.view("1")
            if (not states or view.state in states) and view.tally.moved >= moved:
                return view
            await asyncio.sleep(0.02)


async def test_that_all_arrive_byte_for_byte_and_the_source_is_empty(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    messages = await seed(js)
    program = await opened(tmp_path, server.url)
    plan, view = await confirmed(program, draft(source="DEAD", to="orders.again"))
    assert plan.frozen == COUNT
    assert not plan.refused
    assert (view.state, view.tally.moved) == (RunState.DONE, COUNT)
    assert await held(js, "ORDERS") == Counter(messages)
    assert not await held(js, "DEAD")
    program.end()


async def test_that_a_purge_is_archived_and_a_restore_puts_it_back(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    messages = await seed(js, 700)
    program = await opened(tmp_path, server.url)
    _, purged = await confirmed(program, draft("purge", source="DEAD"))
    assert (purged.state, purged.tally.moved, purged.archive) == (RunState.DONE, 700, "A-0001")
    assert not await held(js, "DEAD")
    assert program.archives.view("A-0001").held == 700
    wanted = draft("restore", source="A-0001")
    wanted = type(wanted)(**{**{f: getattr(wanted, f) for f in wanted.__slots__}, "to_connection": "broker"})
    _, restored = await confirmed(program, wanted)
    assert (restored.state, restored.tally.moved) == (RunState.DONE, 700)
    assert await held(js, "DEAD") == Counter(messages)
    assert program.archives.view("A-0001").restored == 700
    with pytest.raises(ConfigError, match=r"All messages of A-0001 were restored already \(R-0002\)\."):
        await program.planner.plan(wanted)
    program.end()


@pytest.mark.parametrize("attempt", range(4))
async def test_that_a_killed_broker_holds_the_run_which_then_goes_on(
    tmp_path: Path, server: NatsServer, js: JetStreamContext, attempt: int
) -> None:
    messages = await seed(js)
    program = await opened(tmp_path, server.url)
    plan = await program.planner.plan(draft(source="DEAD", to="orders.again", rate=2_000))
    view = await program.runs.confirm(plan, "", rest_too=True, literal_secret=False)
    await until(program, moved=random.Random(attempt).randrange(100, 1_500))
    await asyncio.to_thread(server.kill)
    why = await until(program, RunState.HELD)
    assert "Tries again at" in why.reason
    await asyncio.to_thread(server.start)
    view = await program.runs.wait(view.id)
    assert (view.state, view.tally.moved + view.tally.unknown) == (RunState.DONE, COUNT)
    assert view.tally.unknown == 0
    assert view.tally.left_behind == 0
    assert await held(js, "ORDERS") == Counter(messages)
    assert not await held(js, "DEAD")
    program.end()


@pytest.mark.parametrize("attempt", range(6))
async def test_that_a_cut_at_any_byte_loses_nothing(
    tmp_path: Path, server: NatsServer, js: JetStreamContext, attempt: int
) -> None:
    messages = await seed(js)
    chance = random.Random(attempt)
    proxy = CutProxy(server.port).start()
    try:
        program = await opened(tmp_path, proxy.url)
        plan = await program.planner.plan(draft(source="DEAD", to="orders.again"))
        way = {chance.choice(["up", "down"]): chance.randrange(1, 500_000)}
        proxy.cut_after(**way)  # type: ignore[arg-type]
        view = await program.runs.confirm(plan, "", rest_too=True, literal_secret=False)
        async with asyncio.timeout(DEADLINE_S):
            view = await program.runs.wait(view.id)
        assert (view.state, view.tally.moved, view.tally.unknown) == (RunState.DONE, COUNT, 0), way
        assert await held(js, "ORDERS") == Counter(messages)
        assert not await held(js, "DEAD")
        program.end()
    finally:
        proxy.stop()


async def test_that_a_run_pauses_changes_its_rate_and_is_cancelled(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    messages = await seed(js, 600)
    program = await opened(tmp_path, server.url)
    plan = await program.planner.plan(draft(source="DEAD", to="orders.again", rate=200))
    view = await program.runs.confirm(plan, "", rest_too=True, literal_secret=False)
    await until(program, moved=10)
    with pytest.raises(Denied, match="running already"):
        await program.runs.resume(view.id)
    await program.runs.pause(view.id)
    paused = await program.runs.wait(view.id)
    assert paused.state is RunState.PAUSED
    assert paused.tally.adds_up
    assert paused.tally.sending == 0
    await program.runs.set_pace(view.id, Pace(rate=500))
    await program.runs.resume(view.id)
    await until(program, moved=paused.tally.moved + 20)
    await program.runs.cancel(view.id)
    ended = await program.runs.wait(view.id)
    assert ended.state is RunState.CANCELLED
    assert ended.tally.moved + ended.tally.kept == 600
    assert await held(js, "ORDERS") + await held(js, "DEAD") == Counter(messages)
    with pytest.raises(Denied, match="is over"):
        await program.runs.cancel(view.id)
    program.end()


async def fail_again(js: JetStreamContext, *, pass_headers: bool) -> None:
    """A consumer that still has the fault: what it takes dies at once."""
    subscription = await js.pull_subscribe("orders.>", "worker")
    while True:
        try:
            (message,) = await subscription.fetch(1, timeout=0.5)
        except nats.errors.TimeoutError:
            continue
        headers = dict(message.headers or {}) if pass_headers else {}
        headers.pop("Nats-Msg-Id", None)
        await js.publish("dead.orders", message.data, headers={**headers, "x-error": "again"})
        await message.ack()


@pytest.mark.parametrize("pass_headers", [True, False], ids=["headers kept", "headers dropped"])
async def test_that_a_canary_that_comes_back_stops_the_run(
    tmp_path: Path, server: NatsServer, js: JetStreamContext, pass_headers: bool
) -> None:
    await seed(js, 300)
    worker = asyncio.create_task(fail_again(js, pass_headers=pass_headers))
    try:
        program = await opened(tmp_path, server.url)
        _, view = await confirmed(program, draft(source="DEAD", to="orders.again", canary=3, watch_s=20.0))
        assert view.state is RunState.STOPPED
        assert view.tally.planned == 297
        if pass_headers:
            assert "of 3 canary messages came back" in view.reason
            assert view.tally.returned >= 1
        else:
            assert "drops it" in view.reason
        assert view.canary_done
        program.end()
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def test_that_too_many_returns_brake_the_run(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    await seed(js, 600)
    worker = asyncio.create_task(fail_again(js, pass_headers=True))
    try:
        program = await opened(tmp_path, server.url)
        _, view = await confirmed(program, draft(source="DEAD", to="orders.again", rate=50.0))
        assert view.state is RunState.STOPPED
        assert "the brake is at 20 %" in view.reason
        assert 0 < view.tally.moved < 600
        program.end()
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def test_that_production_asks_for_its_name_and_again_for_the_rest(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    await seed(js, 50)
    link = connection(environment=Environment.PRODUCTION)
    program = await opened(tmp_path, server.url, link)
    plan = await program.planner.plan(draft(source="DEAD", to="orders.again", canary=2, watch_s=0.1))
    assert plan.typed == "broker"
    with pytest.raises(Denied, match="typed wrongly"):
        await program.runs.confirm(plan, "brokr", rest_too=False, literal_secret=False)
    view = await program.runs.confirm(plan, "broker", rest_too=False, literal_secret=False)
    view = await program.runs.wait(view.id)
    assert (view.state, view.tally.moved) == (RunState.STOPPED, 2)
    with pytest.raises(Denied, match="not typed"):
        await program.runs.resume(view.id)
    await program.runs.resume(view.id, "broker")
    view = await program.runs.wait(view.id)
    assert (view.state, view.tally.moved) == (RunState.DONE, 50)
    assert program.journal.check() is None
    program.end()


async def test_that_a_source_deleted_under_way_ends_the_run_without_a_lie(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    await seed(js, 3_000)
    program = await opened(tmp_path, server.url)
    plan = await program.planner.plan(draft(source="DEAD", to="orders.again", rate=500))
    view = await program.runs.confirm(plan, "", rest_too=True, literal_secret=False)
    await until(program, moved=20)
    await js.delete_stream("DEAD")
    view = await program.runs.wait(view.id)
    assert view.state is RunState.DONE
    assert view.tally.adds_up
    assert view.tally.gone > 0
    arrived = sum((await held(js, "ORDERS")).values())
    assert view.tally.moved <= arrived <= view.tally.moved + view.tally.unknown
    program.end()


async def test_that_a_source_made_anew_is_not_touched(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    await seed(js, 20)
    program = await opened(tmp_path, server.url)
    plan = await program.planner.plan(draft(source="DEAD", to="orders.again"))
    number = await program.planner.freeze(plan, literal_secret=False)
    await js.delete_stream("DEAD")
    await js.add_stream(name="DEAD", subjects=["dead.>"])
    await seed(js, 20)
    await program.runs.resume(str(number))
    view = await program.runs.wait(str(number))
    assert (view.state, view.tally.kept) == (RunState.DONE, 20)
    assert "made anew" in view.reason
    assert sum((await held(js, "DEAD")).values()) == 20
    program.end()


async def test_that_a_full_target_keeps_the_rest_with_the_reason(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    messages = await seed(js, 100)
    await js.add_stream(name="SMALL", subjects=["small.>"], max_msgs=30, discard=DiscardPolicy.NEW)
    program = await opened(tmp_path, server.url)
    plan, view = await confirmed(program, draft(source="DEAD", to="small.x"))
    assert any("room for 30" in caution.title for caution in plan.warnings)
    assert (view.tally.moved, view.tally.kept) == (30, 70)
    assert await held(js, "SMALL") + await held(js, "DEAD") == Counter(messages)
    page = await program.runs.ledger("1", "kept", offset=0, limit=1)
    assert page.rows[0].reason
    plan = await program.planner.plan(draft(source="DEAD", to="small.x"))
    assert plan.refused
    program.end()


@pytest.mark.parametrize(
    ("to", "why"), [("nowhere.at.all", "No stream"), ("dead.orders", "itself"), ("bad subject", "")], ids=str
)
async def test_that_an_impossible_target_is_refused_in_the_plan(
    tmp_path: Path, server: NatsServer, js: JetStreamContext, to: str, why: str
) -> None:
    await seed(js, 5)
    program = await opened(tmp_path, server.url)
    plan = await program.planner.plan(draft(source="DEAD", to=to))
    assert plan.refused
    assert plan.kept_before == 5
    with pytest.raises(Denied):
        await program.runs.confirm(plan, "", rest_too=True, literal_secret=False)
    assert sum((await held(js, "DEAD")).values()) == 5
    program.end()


async def test_that_a_source_that_allows_no_removal_is_refused_in_the_plan(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    await js.delete_stream("DEAD")
    await js.add_stream(name="DEAD", subjects=["dead.>"], deny_delete=True)
    await seed(js, 5)
    program = await opened(tmp_path, server.url)
    plan = await program.planner.plan(draft(source="DEAD", to="orders.again"))
    assert plan.refused
    assert any("removed" in caution.title for caution in plan.warnings if caution.stop)
    program.end()


async def test_that_ten_kills_and_ten_cuts_in_one_run_lose_nothing(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    messages = await seed(js, 6_000)
    chance = random.Random(7)
    proxy = CutProxy(server.port).start()
    try:
        program = await opened(tmp_path, proxy.url)
        plan = await program.planner.plan(draft(source="DEAD", to="orders.again", rate=1_500))
        view = await program.runs.confirm(plan, "", rest_too=True, literal_secret=False)
        for outage in range(20):
            before = (await program.runs.view("1")).tally.moved
            await until(program, moved=before + chance.randrange(20, 250))
            if outage % 2:
                proxy.cut(stay_down=True)
                await until(program, RunState.HELD)
                proxy.heal()
            else:
                await asyncio.to_thread(server.kill)
                held_view = await until(program, RunState.HELD)
                assert held_view.reason
                await asyncio.to_thread(server.start)
        async with asyncio.timeout(DEADLINE_S):
            view = await program.runs.wait(view.id)
        assert (view.state, view.tally.moved, view.tally.unknown) == (RunState.DONE, 6_000, 0)
        assert view.tally.left_behind == 0
        assert await held(js, "ORDERS") == Counter(messages)
        assert not await held(js, "DEAD")
        program.end()
    finally:
        proxy.stop()


async def test_that_what_a_run_took_is_not_planned_again_from_an_old_reading(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    await seed(js, 20)
    program = await opened(tmp_path, server.url)
    _, view = await confirmed(program, draft(source="DEAD", to="orders.again"))
    assert view.tally.moved == 20
    with pytest.raises(ConfigError, match="A run has taken 20 chosen messages"):
        await program.planner.plan(draft(source="DEAD", to="orders.again"))
    program.end()


async def test_that_the_last_messages_are_watched_as_long_as_the_canary(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    await seed(js, 10)
    program = await opened(tmp_path, server.url)
    plan = await program.planner.plan(draft(source="DEAD", to="orders.again", canary=3, watch_s=1.0))
    view = await program.runs.confirm(plan, "", rest_too=True, literal_secret=False)
    await until(program, RunState.WATCHING, moved=10)
    worker = asyncio.create_task(fail_again(js, pass_headers=True))
    try:
        view = await program.runs.wait(view.id)
        assert (view.state, view.tally.moved) == (RunState.DONE, 10)
        assert view.tally.returned > 0
        program.end()
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
