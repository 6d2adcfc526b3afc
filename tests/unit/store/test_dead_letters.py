from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.api import DeadLetter, Header, Mark, MessageRef, NotFound, Payload, SourceRef
from dashboard.core.letters import Selection, SourceKey
from dashboard.core.query import QueryError
from dashboard.store.errors import StoreError
from tests.helpers.letters import letter
from tests.helpers.snapshots import KEY, NOW, DeadFile


@pytest.fixture
def dead(tmp_path: Path) -> Iterator[DeadFile]:
    file = DeadFile(tmp_path)
    yield file
    file.close()


def failing(n: int, exception: str = "E", message: str = "m") -> DeadLetter:
    return letter(str(n), b"{}", {"x-exception": exception, "x-error": message, "x-original-subject": "a"})


def test_that_every_byte_comes_back(dead: DeadFile) -> None:
    body = bytes(range(256)) * 10
    odd = Header("\udcff\x00n", b"\x00\xff\x1b[31m", "t")
    ref = MessageRef("\udc80key", 3, b"d" * 16)
    letters = [
        DeadLetter(ref, Payload(body, (odd, Header("", b""))), "s\udcff", NOW),
        letter("2", b""),
        letter("3", b"\x00" * (8 << 20)),
    ]
    snapshot = dead.read(letters)
    for n, given in enumerate(letters, 1):
        detail = dead.store.letter(snapshot, n)
        assert (detail.payload, detail.row.ref, detail.row.address, detail.row.at) == (
            given.payload, given.ref, given.address, given.at,
        )  # fmt: skip


def test_that_a_failure_comes_back_whole(dead: DeadFile) -> None:
    given = letter(
        "1", b"", {"x-exception": "E", "x-error": "m\nn", "x-stack": "at 1", "x-failed-at": "1764000000"}
    )
    snapshot = dead.read([given])
    assert dead.store.letter(snapshot, 1).failure == dead.examiner.conventions.failure(given)


def test_that_groups_count_and_date_their_letters(dead: DeadFile) -> None:
    letters = [
        replace(failing(n, message=f"took {n} ms" if n % 3 else "other"), at=NOW - timedelta(hours=n))
        for n in range(30)
    ]
    groups = dead.store.groups(dead.read(letters))
    assert [(group.title, group.count) for group in groups] == [("Took … ms", 20), ("Other", 10)]
    assert (groups[1].first_at, groups[1].last_at) == (NOW - timedelta(hours=27), NOW)
    assert groups[1].hours == tuple(1 if hour % 3 == 2 else 0 for hour in range(24))
    assert groups[0].sample == "took 1 ms"


@pytest.mark.parametrize("finish", [True, False])
def test_that_groups_of_a_query_are_those_of_its_letters(dead: DeadFile, *, finish: bool) -> None:
    letters = [
        replace(failing(n, message=f"took {n} ms" if n % 3 else "other"), at=NOW - timedelta(hours=n))
        for n in range(30)
    ]
    snapshot = dead.read([*letters, letter("x")], finish=finish)
    assert dead.store.groups(snapshot, "size:>=0") == dead.store.groups(snapshot)
    (group,) = dead.store.groups(snapshot, "cause:other at:<2026-11-24T00:00")
    assert (group.count, group.last_at, group.first_at) == (
        5,
        NOW - timedelta(hours=15),
        NOW - timedelta(hours=27),
    )
    assert [group.title for group in dead.store.groups(snapshot, "-exception:E")] == ["No reason given"]
    assert dead.store.groups(snapshot, "nowhere") == ()
    with pytest.raises(QueryError):
        dead.store.groups(snapshot, "(")


def test_that_a_page_is_a_window_of_the_matching_rows(dead: DeadFile) -> None:
    snapshot = dead.read([failing(n, "A" if n % 2 else "B") for n in range(1, 101)])
    page = dead.store.page(snapshot, "exception:A", offset=10, limit=5)
    assert (page.total, page.offset, [row.n for row in page.rows]) == (50, 10, [21, 23, 25, 27, 29])
    assert dead.store.page(snapshot, "", offset=98, limit=5).rows[-1].n == 100
    assert dead.store.page(snapshot, "", offset=500, limit=5).rows == ()
    assert dead.numbers(snapshot, "exception:A", "id", descending=True)[:2] == [99, 97]


def test_that_a_reading_shows_what_it_has_so_far(dead: DeadFile) -> None:
    snapshot = dead.read([failing(1)], finish=False)
    info = dead.store.info(snapshot)
    assert (info.count, info.reading, info.complete, info.expected) == (1, True, False, 1)
    assert dead.numbers(snapshot, "cause:E") == [1]
    dead.recorder.append(snapshot, [failing(2)]).result(5)
    assert dead.numbers(snapshot, "cause:E") == [1, 2]
    dead.recorder.finish(snapshot, complete=True, end=Mark("2"), looks_left=3).result(5)
    info = dead.store.info(snapshot)
    assert (info.count, info.reading, info.complete, info.end, info.looks_left) == (2, False, True, "2", 3)


def test_that_a_reading_whose_program_died_is_over_and_says_so(dead: DeadFile) -> None:
    snapshot = dead.read([failing(1)], finish=False)
    dead.clock.advance(300)
    info = dead.store.info(snapshot)
    assert not info.reading
    assert "ended while it read" in info.failed
    assert dead.numbers(snapshot, "") == [1]


def test_that_a_failed_write_leaves_what_was_committed(dead: DeadFile) -> None:
    snapshot = dead.read([failing(1)], finish=False)
    bad = replace(failing(2), ref=MessageRef("2", "no number", b""))  # type: ignore[arg-type]
    with pytest.raises((StoreError, TypeError)):
        dead.recorder.append(snapshot, [failing(3), bad]).result(5)
    with pytest.raises(NotFound):
        dead.recorder.append(snapshot, [failing(4)]).result(5)
    dead.recorder.finish(snapshot, complete=False, failed="no room").result(5)
    info = dead.store.info(snapshot)
    assert (info.count, info.failed, info.reading) == (1, "no room", False)
    assert dead.numbers(snapshot, "cause:E") == [1]


def test_that_a_selection_freezes_what_matches_less_the_exclusions(dead: DeadFile) -> None:
    snapshot = dead.read([failing(n, "A" if n % 2 else "B") for n in range(1, 5_001)], batch=1_000)
    selection = Selection(KEY, snapshot, "exception:A", excluded=frozenset({1, 5}))
    frozen = list(dead.store.chosen(selection))
    assert [one.n for one in frozen] == [n for n in range(1, 5_001, 2) if n not in {1, 5}]
    first = frozen[0]
    assert (first.ref.key, first.target, first.size, first.twins, first.bare) == ("3", "a", 2, 1, True)
    by_id = Selection(KEY, snapshot, ids=frozenset({"7", "8", "none"}))
    assert [one.n for one in dead.store.chosen(by_id)] == [7, 8]


def test_that_twins_are_counted(dead: DeadFile) -> None:
    letters = [letter("a"), replace(letter("a"), ref=MessageRef("a", 1, b"")), letter("b", None)]
    frozen = list(dead.store.chosen(Selection(KEY, dead.read(letters))))
    assert [(one.ref.key, one.ref.nth, one.twins, one.bare) for one in frozen] == [
        ("a", 0, 2, True),
        ("a", 1, 2, True),
        ("b", 0, 1, False),
    ]


def test_that_rows_are_found_by_key_in_the_order_of_the_source(dead: DeadFile) -> None:
    other = dead.read([letter("2")], key=SourceKey("else", "x"))
    snapshot = dead.read([letter(str(n)) for n in range(1, 10)])
    assert [row.n for row in dead.store.find(snapshot, ["9", "2", "none"])] == [2, 9]
    assert [row.n for row in dead.store.find(other, ["2", "9"])] == [1]


def test_that_the_newest_reading_of_each_source_is_known(dead: DeadFile) -> None:
    assert dead.store.last(KEY) is None
    dead.read([letter("1")])
    second = dead.read([letter("1"), letter("2")])
    other = dead.read([], key=SourceKey("else", "x"))
    last = dead.store.last(KEY)
    assert last is not None
    assert (last.id, last.count, last.incarnation) == (second, 2, "made")
    assert [info.id for info in dead.store.latest()] == [other, second]


def expire(dead: DeadFile) -> None:
    while dead.recorder.expire().result(5):
        pass


def test_that_snapshots_expire_after_a_week_and_leave_nothing(dead: DeadFile) -> None:
    snapshot = dead.read([failing(n) for n in range(50)])
    expire(dead)
    assert dead.store.info(snapshot).count == 50
    dead.clock.advance(8 * 86400)
    expire(dead)
    with pytest.raises(NotFound):
        dead.store.page(snapshot, "", offset=0, limit=1)
    assert dead.store.last(KEY) is None
    with dead.reader.connect() as connection:
        for table in ("letter", "payload", "segment", "dictionary", "cause", "snapshot"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_that_only_the_last_few_readings_of_a_source_are_kept(dead: DeadFile) -> None:
    snapshots = [dead.read([letter("1")]) for _ in range(5)]
    expire(dead)
    kept = []
    for snapshot in snapshots:
        try:
            kept.append(dead.store.info(snapshot).id)
        except NotFound:
            continue
    assert kept == snapshots[-3:]


def test_that_a_forgotten_connection_is_gone_at_once(dead: DeadFile) -> None:
    mine = dead.read([letter("1")])
    other = dead.read([letter("1")], key=SourceKey("else", "x"))
    dead.recorder.forget(KEY.connection).result(5)
    with pytest.raises(NotFound):
        dead.store.letter(mine, 1)
    with pytest.raises(NotFound):
        dead.store.info(mine)
    assert dead.store.letter(other, 1).row.n == 1
    expire(dead)
    with dead.reader.connect() as connection:
        assert connection.execute("SELECT count(*) FROM letter").fetchone() == (1,)


def test_that_what_is_not_there_is_said_so(dead: DeadFile) -> None:
    snapshot = dead.read([letter("1")])
    for call in (
        lambda: dead.store.page(99, "", offset=0, limit=1),
        lambda: dead.store.letter(snapshot, 2),
        lambda: dead.store.letter(snapshot, -1),
        lambda: dead.store.groups(99, "a"),
    ):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(QueryError):
        dead.store.page(snapshot, "nofield:x", offset=0, limit=1)
    with pytest.raises(QueryError):
        dead.store.page(snapshot, "", order="nofield", offset=0, limit=1)


def test_that_an_empty_source_has_an_empty_snapshot(dead: DeadFile) -> None:
    snapshot = dead.recorder.begin(KEY, SourceRef("s"), None).result(5)
    dead.recorder.finish(snapshot, complete=True).result(5)
    assert dead.store.groups(snapshot) == ()
    for order in ("", "at", "cause"):
        assert dead.numbers(snapshot, "a OR body.x:1", order) == []
