import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.api import DeadLetter, Disconnected, NotFound, Right, Unsupported
from adapters.memory.adapter import MemoryAdapter
from adapters.memory.model import MemoryBroker
from dashboard.core.letters import SourceKey, SourceView
from dashboard.engine import reading
from dashboard.engine.scan import Stopped
from dashboard.store.errors import DiskFull
from tests.helpers.reading import DEAD, Desk
from tests.helpers.snapshots import DeadFile


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async for one in _desk(tmp_path, "positions"):
        yield one


async def _desk(folder: Path, shape: str, *, read_only: bool = False) -> AsyncIterator[Desk]:
    dead = DeadFile(folder)
    desk = Desk(MemoryBroker.shape(shape, now=dead.clock.now), dead, read_only=read_only)
    yield desk
    await desk.reading.close()
    await asyncio.to_thread(dead.close)


@pytest.fixture
async def costly(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    shape, read_only = request.param
    async for one in _desk(tmp_path, shape, read_only=read_only):
        yield one


class Stuck:
    """Makes every look wait after `count` messages until it is let go or fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, count: int, error: Exception | None = None) -> None:
        self.reached = asyncio.Event()
        self.go = asyncio.Event()
        original = MemoryAdapter.browse
        stuck = self

        async def browse(self: MemoryAdapter, source: Any, sink: Any, **options: Any) -> Any:
            met = 0

            async def slow(letters: Sequence[DeadLetter]) -> None:
                nonlocal met
                for letter in letters:
                    if met == count:
                        stuck.reached.set()
                        if error is not None:
                            raise error
                        await stuck.go.wait()
                    await sink([letter])
                    met += 1

            return await original(self, source, slow, **options)

        monkeypatch.setattr(MemoryAdapter, "browse", browse)


async def test_that_a_reading_shows_causes_rows_and_bytes(desk: Desk) -> None:
    bodies = desk.broker.seed_dead(1_234)
    info = await desk.reading.read(DEAD)
    assert (info.count, info.complete, info.reading, info.failed, info.expected) == (
        1_234,
        True,
        False,
        "",
        1_234,
    )
    page = await desk.reading.page(info.id, "body.order:1200", offset=0, limit=10)
    assert [row.n for row in page.rows] == [1_201]
    assert [row.n for row in await desk.reading.find(info.id, [page.rows[0].ref.key])] == [1_201]
    detail = await desk.reading.letter(info.id, 1_201)
    assert getattr(detail.payload, "body", None) == bodies[1_200]
    assert (detail.row.origin, detail.row.target) == ("orders", "orders")
    view = await desk.reading.source(DEAD)
    assert [(group.title, group.count) for group in view.groups] == [("Timeout error", 1_234)]
    assert view.price == ""


async def test_that_a_source_that_is_free_to_look_at_is_read_when_it_is_opened(desk: Desk) -> None:
    desk.broker.seed_dead(3)
    view = await desk.reading.source(DEAD)
    assert view.snapshot is not None
    assert view.snapshot.count == 3


async def test_that_a_free_source_is_read_again_only_when_it_is_old_and_changed(desk: Desk) -> None:
    desk.broker.seed_dead(3)
    await desk.watch()
    await desk.reading.source(DEAD)
    looks = desk.opened
    desk.dead.clock.advance(10)
    await desk.reading.source(DEAD)
    assert desk.opened == looks
    desk.broker.seed_dead(2)
    await desk.watch()
    desk.dead.clock.advance(10)
    looks = desk.opened
    assert (await desk.reading.source(DEAD)).snapshot.count == 5  # type: ignore[union-attr]
    await desk.reading.source(DEAD)
    assert desk.opened == looks + 1


@pytest.mark.parametrize("costly", [("quorum", False), ("leases", False)], indirect=True)
async def test_that_a_source_whose_look_costs_is_never_read_unasked(costly: Desk) -> None:
    costly.broker.seed_dead(3)
    await costly.watch()
    view = await costly.reading.source(DEAD)
    assert view.snapshot is None
    assert view.price
    await costly.reading.inbox()
    assert (await costly.reading.source(DEAD)).snapshot is None
    assert costly.broker.sources["dead"].ready(costly.dead.clock.now()) != []
    info = await costly.reading.read(DEAD)
    costly.dead.clock.advance(3600)
    again = await costly.reading.source(DEAD)
    assert again.snapshot is not None
    assert again.snapshot.id == info.id


@pytest.mark.parametrize("costly", [("quorum", True), ("leases", True), ("fifo", True)], indirect=True)
async def test_that_a_read_only_connection_refuses_a_look_with_effects(costly: Desk) -> None:
    costly.broker.seed_dead(3)
    await costly.watch()
    with pytest.raises(Unsupported, match="read-only"):
        await costly.reading.read(DEAD)
    (row,) = await costly.reading.inbox()
    assert (row.readable, row.group, row.waiting) == (False, None, 3)
    assert "read-only" in row.why


@pytest.mark.parametrize("costly", [("classic", True)], indirect=True)
async def test_that_a_read_only_connection_allows_a_look_that_only_marks(costly: Desk) -> None:
    costly.broker.seed_dead(3)
    assert (await costly.reading.read(DEAD)).count == 3


async def test_that_two_who_ask_share_one_reading(desk: Desk) -> None:
    desk.broker.seed_dead(10)
    first, second = await asyncio.gather(desk.reading.read(DEAD), desk.reading.read(DEAD))
    assert first.id == second.id
    assert desk.opened == 1


async def test_that_a_limit_leaves_a_reading_incomplete(desk: Desk) -> None:
    desk.broker.seed_dead(10)
    info = await desk.reading.read(DEAD, 4)
    assert (info.count, info.complete) == (4, False)


async def test_that_progress_is_told_while_a_person_waits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.broker.seed_dead(10)
    stuck = Stuck(monkeypatch, 5)
    clock = desk.dead.clock
    monkeypatch.setattr(clock, "monotonic", iter(range(1_000)).__next__)
    task = asyncio.create_task(desk.reading.read(DEAD))
    await stuck.reached.wait()
    view = desk.mailbox.drain(100)["source", DEAD]
    assert isinstance(view, SourceView)
    assert view.snapshot is not None
    assert (view.snapshot.reading, view.snapshot.count, view.groups[0].count) == (True, 5, 5)
    stuck.go.set()
    await task
    news = desk.mailbox.drain(100)
    last = news["source", DEAD]
    assert isinstance(last, SourceView)
    assert last.snapshot is not None
    assert (last.snapshot.reading, last.snapshot.count) == (False, 10)
    assert "inbox" in news


async def test_that_a_stopped_reading_keeps_what_it_has(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.broker.seed_dead(10)
    stuck = Stuck(monkeypatch, 5)
    task = asyncio.create_task(desk.reading.read(DEAD))
    await stuck.reached.wait()
    await desk.reading.stop_reading(DEAD)
    info = await task
    assert (info.count, info.complete, info.reading, info.failed) == (5, False, False, "It was stopped.")
    assert (await desk.reading.page(info.id, "body.order:>2", offset=0, limit=10)).total == 2


async def test_that_a_reading_stopped_before_its_first_message_leaves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.broker.seed_dead(10)
    before = await desk.reading.read(DEAD)
    stuck = Stuck(monkeypatch, 0)
    task = asyncio.create_task(desk.reading.read(DEAD))
    await stuck.reached.wait()
    await desk.reading.stop_reading(DEAD)
    with pytest.raises(Stopped):
        await task
    last = desk.dead.store.last(DEAD)
    assert last is not None
    assert last.id == before.id


async def test_that_an_error_in_mid_scan_keeps_what_was_read_and_says_why(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.broker.seed_dead(10)
    Stuck(monkeypatch, 7, NotFound("The stream ORDERS_DLQ is not there any more."))
    info = await desk.reading.read(DEAD)
    assert (info.count, info.complete) == (7, False)
    assert info.failed == "The stream ORDERS_DLQ is not there any more."


async def test_that_an_error_before_the_first_message_is_raised(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.broker.seed_dead(10)
    Stuck(monkeypatch, 0, Disconnected("The connection broke."))
    with pytest.raises(Disconnected):
        await desk.reading.read(DEAD)
    assert desk.dead.store.last(DEAD) is None


async def test_that_a_full_disk_ends_a_reading_with_its_own_error(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.broker.seed_dead(2_000)
    original = desk.dead.recorder.append
    calls = 0

    def append(snapshot: int, letters: Sequence[DeadLetter]) -> Any:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise DiskFull("There is no room left on the disk.")
        return original(snapshot, letters)

    monkeypatch.setattr(desk.dead.recorder, "append", append)
    with pytest.raises(DiskFull):
        await desk.reading.read(DEAD)
    last = desk.dead.store.last(DEAD)
    assert last is not None
    assert 0 < last.count < 2_000
    assert "no room" in last.failed


async def test_that_what_is_no_source_is_said_so(desk: Desk) -> None:
    with pytest.raises(Unsupported):
        await desk.reading.read(SourceKey("memory", "orders"))
    with pytest.raises(NotFound):
        await desk.reading.read(SourceKey("memory", "nothing"))


async def test_that_the_inbox_shows_causes_and_unread_sources(desk: Desk) -> None:
    desk.broker.seed_dead(3)
    await desk.watch()
    (unread,) = await desk.reading.inbox()
    assert (unread.group, unread.waiting, unread.price, unread.readable) == (None, 3, "", True)
    await desk.reading.read(DEAD)  # joins what opening the inbox began
    (row,) = await desk.reading.inbox()
    assert row.group is not None
    assert (row.group.count, row.read_at) == (3, desk.dead.clock.now())


async def test_that_the_inbox_never_reads_a_large_or_unknown_source_unasked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.broker.seed_dead(3)
    monkeypatch.setattr(reading, "UNASKED_MOST", 2)
    for depth in (3.0, math.nan):
        await desk.watch(depth)
        (row,) = await desk.reading.inbox()
        assert row.waiting == (3 if depth == 3 else None)
    await asyncio.sleep(0)
    assert desk.dead.store.last(DEAD) is None


async def test_that_an_account_that_may_not_read_is_told_so(desk: Desk) -> None:
    desk.broker.denied.add(Right.READ)
    desk.broker.seed_dead(3)
    with pytest.raises(Exception, match="may not"):
        await desk.reading.read(DEAD)


async def test_that_forgetting_a_connection_removes_what_was_read(desk: Desk) -> None:
    desk.broker.seed_dead(3)
    info = await desk.reading.read(DEAD)
    await desk.reading.forget("memory")
    with pytest.raises(NotFound):
        await desk.reading.letter(info.id, 1)


async def test_that_closing_ends_a_reading_under_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.broker.seed_dead(10)
    stuck = Stuck(monkeypatch, 5)
    task = asyncio.create_task(desk.reading.read(DEAD))
    await stuck.reached.wait()
    await desk.reading.close()
    assert (await task).failed == "It was stopped."


async def test_that_old_readings_go_when_the_engine_starts(desk: Desk) -> None:
    desk.broker.seed_dead(3)
    info = await desk.reading.read(DEAD)
    await desk.reading.tidied()
    desk.dead.clock.advance(8 * 86400)
    desk.reading.start()
    await desk.reading.tidied()
    with pytest.raises(NotFound):
        await desk.reading.letter(info.id, 1)
