"""The ledger: parts that always add up, steps that are durable, one live run a message."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.api import Clock, ConfigError, Denied, NotFound
from dashboard.core.connections import Connection
from dashboard.core.runs import Pace, Rules, RunState
from dashboard.store.ledger import Ledger
from dashboard.store.ledger_read import LedgerReader
from dashboard.store.ledger_rows import (
    GONE,
    KEPT,
    MOVED,
    PLANNED,
    SENDING,
    UNKNOWN,
    Copied,
    Finish,
    Item,
    Setup,
)
from dashboard.store.schemas import REDRIVE
from dashboard.store.writer import Reader, Writer
from tests.helpers.clocks import FakeClock


class Books:
    """A ledger on a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.writer = Writer(folder / "redrive.db", REDRIVE)
        self.reader = Reader(folder / "redrive.db")
        clock: Clock = FakeClock()
        self.ledger = Ledger(self.writer, clock)
        self.read = LedgerReader(self.reader)

    def run(self, count: int, name: str = "a") -> int:
        number = self.ledger.begin(setup(name), Pace(rate=5), owner="me", looked_at=1.0, since=None).result(5)
        items = [Item(n, str(n), 0, 1, b"d" * 16, "t") for n in range(1, count + 1)]
        self.ledger.freeze(number, items).result(5)
        self.ledger.state(number, RunState.FROZEN).result(5)
        return number

    def close(self) -> None:
        self.writer.close()
        self.reader.close()


def setup(name: str) -> Setup:
    connection = Connection("c", "memory", "memory://c", {"a": "b"})
    return Setup(name, "redrive", connection, "dead", "1", connection, ("t",), "", Rules())


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.close()


def test_that_a_run_reads_back_as_it_was_set_up(books: Books) -> None:
    number = books.run(3)
    row = books.read.run("R-0001")
    assert (row.number, row.setup, row.state, row.pace.rate) == (number, setup("a"), RunState.FROZEN, 5)
    assert books.read.run("a").tally.planned == 3
    assert [item.key for item in books.read.items(number, PLANNED, SENDING)] == ["1", "2", "3"]


def test_that_a_message_is_in_one_live_run_only(books: Books) -> None:
    first = books.run(2)
    with pytest.raises(Denied, match="another run"):
        books.run(1, name="b")
    assert [run.number for run in books.read.runs()] == [first]
    books.ledger.finish(first, [Finish(1, MOVED, "removed"), Finish(2, KEPT, "left")]).result(5)
    books.run(2, name="c")


def test_that_an_unknown_message_stays_live(books: Books) -> None:
    first = books.run(1)
    books.ledger.finish(first, [Finish(1, UNKNOWN, "unknown")]).result(5)
    with pytest.raises(Denied):
        books.run(1, name="b")


def test_that_sending_twice_is_counted_and_a_known_duplicate_is_not(books: Books) -> None:
    number = books.run(2)
    books.ledger.sending(number, [1, 2]).result(5)
    books.ledger.again(number, [1, 2]).result(5)
    books.ledger.sending(number, [1, 2]).result(5)
    assert books.read.run("1").tally.twice == 2
    books.ledger.copied(number, [Copied(1, "7", duplicate=True), Copied(2, "8")]).result(5)
    tally = books.read.run("1").tally
    assert (tally.twice, tally.copied, tally.sending) == (1, 2, 2)
    rows = books.read.page(number, "", offset=0, limit=5).rows
    assert {row.key: row.sent for row in rows} == {"1": 1, "2": 2}


def test_that_pages_are_cut_by_outcome(books: Books) -> None:
    number = books.run(5)
    books.ledger.finish(number, [Finish(n, KEPT, "left", reason="why") for n in (2, 4)]).result(5)
    page = books.read.page(number, "kept", offset=1, limit=5)
    assert (page.total, [row.n for row in page.rows]) == (2, [4])
    assert books.read.page(number, "", offset=0, limit=2).total == 5
    books.ledger.finish(number, [Finish(1, MOVED, "removed")]).result(5)
    assert books.ledger.returned(number, [1]).result(5) == 1
    assert books.ledger.returned(number, [1]).result(5) == 0
    assert (
        books.read.page(number, "sent", offset=0, limit=1).total
        == books.read.run(str(number)).tally.moved - 1
    )
    assert [row.n for row in books.read.page(number, "returned", offset=0, limit=5).rows] == [1]
    with pytest.raises(ConfigError, match="no outcome"):
        books.read.page(number, "lost", offset=0, limit=5)


@pytest.mark.parametrize("name", ["R-9999", "nosuch", "999999999999999"])
def test_that_a_run_that_is_not_there_is_named(books: Books, name: str) -> None:
    with pytest.raises(NotFound, match="no run"):
        books.read.run(name)


@pytest.mark.parametrize("name", ["", "R-", "'; DROP TABLE run", "R-1 "])
def test_that_a_name_of_no_run_is_refused(books: Books, name: str) -> None:
    with pytest.raises(ConfigError, match="names no run"):
        books.read.run(name)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sending", "copied", "again", "moved", "kept", "gone", "unknown", "behind"]),
        st.integers(1, 6),
    ),
    max_size=40,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(steps=STEPS)
def test_that_the_parts_add_up_at_every_commit(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    books = Books(tmp_path_factory.mktemp("books"))
    try:
        number = books.run(6)
        for act, n in steps:
            state = {item.n: item for item in books.read.items(number, PLANNED, SENDING)}
            match act:
                case "sending" if n in state and state[n].state == 0:
                    books.ledger.sending(number, [n]).result(5)
                case "copied" if n in state and state[n].state == 1:
                    books.ledger.copied(number, [Copied(n, None)]).result(5)
                case "again" if n in state and state[n].state == 1:
                    books.ledger.again(number, [n]).result(5)
                case "moved" | "behind":
                    original = "left" if act == "behind" else "removed"
                    books.ledger.finish(number, [Finish(n, MOVED, original)]).result(5)  # type: ignore[arg-type]
                case "kept":
                    books.ledger.finish(number, [Finish(n, KEPT, "left")]).result(5)
                case "gone":
                    books.ledger.finish(number, [Finish(n, GONE)]).result(5)
                case "unknown":
                    books.ledger.finish(number, [Finish(n, UNKNOWN)]).result(5)
                case _:
                    continue
            tally = books.read.run(str(number)).tally
            assert tally.adds_up
            assert 0 <= tally.copied <= tally.sending
            assert 0 <= tally.left_behind <= tally.moved
            for word in ("planned", "sending", "moved", "kept", "gone", "unknown"):
                assert getattr(tally, word) == books.read.page(number, word, offset=0, limit=1).total
            sent = books.read.page(number, "sent", offset=0, limit=1).total
            assert tally.moved == sent + books.read.page(number, "returned", offset=0, limit=1).total
    finally:
        books.close()
