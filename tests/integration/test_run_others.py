"""Runs on a real NATS server while others change what they work on: deleted, made anew, sealed, paused, half frozen."""

import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import nats
import pytest
from nats.js import JetStreamContext

from adapters.api import Denied
from dashboard.core.runs import Pace, RunState, RunView
from dashboard.engine.runs.lock import RunLock
from dashboard.store.errors import DiskFull
from tests.helpers.bench import Program, confirmed, draft
from tests.helpers.cut_proxy import CutProxy
from tests.helpers.nats_server import NatsServer, nats_server
from tests.integration.test_run_nats import held, opened, seed, until

COUNT = 300


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with NatsServer(tmp_path / "nats") as started:
        yield started


@pytest.fixture
async def js(server: NatsServer) -> AsyncIterator[JetStreamContext]:
    client = await nats.connect(server.url)
    context = client.jetstream()
    await context.add_stream(name="ORDERS", subjects=["orders.>"])
    await context.add_stream(name="DEAD", subjects=["dead.>"])
    yield context
    await client.close()


async def started(program: Program, rate: float) -> RunView:
    plan = await program.planner.plan(draft(source="DEAD", to="orders.again", rate=rate))
    view = await program.runs.confirm(plan, "", rest_too=True, literal_secret=False)
    await until(program, moved=20)
    return view


async def test_that_what_others_delete_under_way_is_gone_and_not_brought_back(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    messages = await seed(js, 200)
    program = await opened(tmp_path, server.url)
    view = await started(program, 60)
    for sequence in range(150, 201):
        await js.delete_msg("DEAD", sequence)
    view = await program.runs.wait(view.id)
    assert (view.tally.moved, view.tally.gone, view.tally.left_behind) == (149, 51, 0)
    assert await held(js, "ORDERS") == Counter(messages[:149])
    program.end()


async def test_that_a_source_made_anew_under_way_loses_none_of_its_new_messages(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    await seed(js, COUNT)
    program = await opened(tmp_path, server.url)
    view = await started(program, 100)
    await js.delete_stream("DEAD")
    await js.add_stream(name="DEAD", subjects=["dead.>"])
    for number in range(COUNT):
        await js.publish("dead.orders", b"new %d" % number)
    view = await program.runs.wait(view.id)
    assert (await js.stream_info("DEAD")).state.messages == COUNT
    assert view.tally.adds_up
    assert view.state is RunState.STOPPED
    assert "made anew" in view.reason
    view = await program.runs.resume(view.id)
    view = await program.runs.wait(view.id)
    assert (view.state, view.tally.moved + view.tally.kept) == (RunState.DONE, COUNT)
    assert (await js.stream_info("DEAD")).state.messages == COUNT
    program.end()


async def test_that_a_source_sealed_under_way_stops_the_run_before_all_is_doubled(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    await seed(js, COUNT)
    program = await opened(tmp_path, server.url)
    view = await started(program, 100)
    config = (await js.stream_info("DEAD")).config
    config.sealed = True
    await js.update_stream(config)
    view = await program.runs.wait(view.id)
    assert view.state is RunState.STOPPED
    assert "its original stays" in view.reason
    assert view.tally.planned > 0
    assert 0 < view.tally.left_behind < 50
    doubled = (await js.stream_info("ORDERS")).state.messages + (await js.stream_info("DEAD")).state.messages
    assert doubled - COUNT == view.tally.left_behind
    program.end()


async def test_that_pause_and_resume_at_once_keep_nothing_back(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    messages = await seed(js, COUNT)
    proxy = CutProxy(server.port).start()
    try:
        program = await opened(tmp_path, proxy.url)
        view = await started(program, 200)
        proxy.freeze()
        await program.runs.pause(view.id)
        await program.runs.resume(view.id)
        proxy.thaw()
        view = await program.runs.wait(view.id)
        assert (view.state, view.tally.moved, view.tally.kept) == (RunState.DONE, COUNT, 0)
        assert await held(js, "ORDERS") == Counter(messages)
        program.end()
    finally:
        proxy.stop()


@pytest.mark.parametrize("alive", [False, True], ids=["killed", "at work"])
async def test_that_a_set_half_frozen_holds_its_messages_only_while_somebody_freezes_it(
    tmp_path: Path, server: NatsServer, js: JetStreamContext, alive: bool
) -> None:
    await seed(js, 3)
    program = await opened(tmp_path, server.url)
    wanted = draft(source="DEAD", to="orders.again")
    plan = await program.planner.plan(wanted)
    number = await program.planner.freeze(plan, literal_secret=False)
    program.writer.call(
        lambda database: database.execute("UPDATE run SET state = 'freezing' WHERE number = ?", (number,))
    ).result(5)
    lock = RunLock(tmp_path, program.books.freezing()[0][1])
    if alive:
        lock.acquire()
        with pytest.raises(Denied, match="R-0001"):
            await confirmed(program, wanted)
        lock.release()
    _, view = await confirmed(program, wanted)
    assert view.tally.moved == 3
    program.end()


async def test_that_an_archive_is_not_restored_while_its_purge_is_not_over(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    await seed(js, COUNT)
    program = await opened(tmp_path, server.url)
    plan = await program.planner.plan(draft("purge", source="DEAD", rate=100))
    view = await program.runs.confirm(plan, "", rest_too=True, literal_secret=False)
    await until(program, moved=20)
    await program.runs.pause(view.id)
    await program.runs.wait(view.id)
    with pytest.raises(Denied, match="is not over"):
        await program.planner.plan(draft("restore", source="A-0001"))
    program.end()


def demanding(table: str, sql: sqlite3.Connection) -> None:
    """From now on each change of a table needs more room than the file may have."""
    sql.execute(
        f"CREATE TEMP TRIGGER full_{table} BEFORE UPDATE ON main.{table} BEGIN INSERT INTO journal"
        " (at, who, act, what, previous, hash) VALUES (0, '', '', zeroblob(100000), '', ''); END"
    )


async def test_that_a_run_whose_ledger_has_no_room_says_so_and_goes_on_later(
    tmp_path: Path, server: NatsServer, js: JetStreamContext
) -> None:
    messages = await seed(js, COUNT)
    program = await opened(tmp_path, server.url)
    view = await started(program, 100)
    database = program.writer
    database.call(lambda sql: sql.execute("PRAGMA max_page_count = 1").fetchone()).result(5)
    for table in ("item", "run"):
        database.call(partial(demanding, table)).result(5)
    with pytest.raises(DiskFull):
        await program.runs.wait(view.id)
    view = await program.runs.view(view.id)
    assert (view.state, view.tally.adds_up) == (RunState.CUT, True)
    assert "no room left on the disk" in view.reason
    database.call(lambda sql: sql.execute("PRAGMA max_page_count = 1000000").fetchone()).result(5)
    await program.runs.set_pace(view.id, Pace())
    await program.runs.resume(view.id)
    view = await program.runs.wait(view.id)
    assert (view.state, view.tally.moved) == (RunState.DONE, COUNT)
    assert await held(js, "ORDERS") == Counter(messages)
    program.end()


async def test_that_large_bodies_are_sent_within_what_the_server_buffers(tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats", config="max_payload: 9000000\nmax_pending: 100000000\n") as server:
        client = await nats.connect(server.url)
        js = client.jetstream()
        await js.add_stream(name="ORDERS", subjects=["orders.>"])
        await js.add_stream(name="DEAD", subjects=["dead.>"])
        large = 8 * 2**20
        for number in range(20):
            await js.publish("dead.orders", b"%02d" % number + bytes(large), timeout=20)
        program = await opened(tmp_path, server.url)
        _, view = await confirmed(program, draft(source="DEAD", to="orders.again"))
        assert (view.state, view.tally.moved, view.reason) == (RunState.DONE, 20, "")
        for number in range(20):
            data = (await js.get_msg("ORDERS", number + 1)).data
            assert data is not None
            assert (data[:2], len(data)) == (b"%02d" % number, large + 2)
        program.end()
        await client.close()
