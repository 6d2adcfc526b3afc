"""Tables on a narrow terminal: names stay whole, and what was left out or shortened is said."""

import io
import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from rich.console import Console
from rich.text import Text

from adapters.api import DeadLetterLink, Measure
from dashboard.cli.fit import Column, FittedTable
from dashboard.core.letters import CauseGroup
from dashboard.core.runs import ArchiveView, RunState, Tally
from tests.unit.cli.fake_desk import AT, SHOP, FakeDesk, letter, view_of
from tests.unit.cli.harness import Cli
from tests.unit.cli.test_watch import row

LONG = "ORDERS_OF_THE_NORTHERN_WAREHOUSE_DLQ"
WHY = "20 % of the canary came back: the brake stopped the run."


def drawn(width: int, columns: Sequence[Column], *rows: Sequence[str]) -> list[str]:
    """The lines of a table in so many columns of a terminal."""
    out = io.StringIO()
    Console(file=out, width=width).print(FittedTable(columns, rows))
    return out.getvalue().splitlines()


@pytest.fixture(params=[80, 100])
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    monkeypatch.setenv("TERM", "xterm")
    return int(request.param)


def lines_of(out: str, width: int) -> list[str]:
    """What is seen of it; none is wider than the terminal."""
    lines = Text.from_ansi(out).plain.splitlines()
    assert all(len(line) <= width for line in lines)
    return lines


def test_that_ls_keeps_names_whole(cli: Cli, desk: FakeDesk, width: int) -> None:
    values = {Measure.DEPTH: 12_345.0, Measure.CONSUMERS: 0.0, Measure.IN_RATE: math.nan}
    desk.rows = [row(LONG, values, dead=DeadLetterLink(("ORDERS",), "name")), row("ORDERS", values)]
    for args in (("ls", "shop"), ("watch", "shop", "--once")):
        lines = lines_of(cli(*args, shown=True).out, width)
        assert any(line.startswith(f"{LONG} ") and "≈ 12,345" in line for line in lines), lines
        assert any("Left out at this width: in flight, out" in line for line in lines), lines


def test_that_runs_keep_their_names_whole(cli: Cli, desk: FakeDesk, width: int) -> None:
    desk.all_runs = [
        view_of(2, RunState.STOPPED, Tally(300, planned=200, moved=100), reason=WHY),
        view_of(1, RunState.DONE, Tally(300, moved=300)),
    ]
    lines = lines_of(cli("runs", shown=True).out, width)
    assert any(line.startswith("R-0002 ") and "stopped" in line and "shop/DLQ" in line for line in lines)
    assert any("Left out at this width: opened" in line for line in lines)


def test_that_dead_letters_keep_their_ids_whole(cli: Cli, desk: FakeDesk, width: int) -> None:
    desk.letters = [letter(1, title="Currency … of order … is not ISO 4217, and that is all that is known")]
    desk.causes = (CauseGroup("29094f3657f6", "Card gateway took … ms", "TimeoutError", 3, AT, None),)
    lines = lines_of(cli("dead", "ls", "shop", "DLQ", shown=True).out, width)
    assert any(line.startswith("101 ") and "2026-01-02T03:04:05Z" in line for line in lines)
    lines = lines_of(cli("dead", "groups", "shop", "DLQ", shown=True).out, width)
    assert any("29094f3657f6" in line and "TimeoutError" in line for line in lines)


def test_that_connections_and_archives_keep_their_names_whole(cli: Cli, desk: FakeDesk, width: int) -> None:
    desk.known = [replace(SHOP, name=LONG)]
    desk.all_archives = [ArchiveView("A-0001", f"shop/{LONG}", AT, 12_345, 0, 90, whole=True)]
    assert any(line.startswith(f"{LONG} ") for line in lines_of(cli("connections", shown=True).out, width))
    lines = lines_of(cli("restore", "--list", shown=True).out, width)
    assert any(line.startswith("A-0001 ") and f"shop/{LONG} " in line for line in lines)


def test_that_a_table_that_fits_is_left_as_it_is() -> None:
    lines = drawn(80, (Column("name"), Column("depth", number=True, goes=1)), ("a", "unknown"))
    assert lines[-1].split() == ["a", "unknown"]
    assert lines[0].split() == ["name", "depth"]


def test_that_unknown_is_shortened_before_a_column_goes() -> None:
    columns = (Column("name", whole=True), Column("in", number=True, goes=1))
    lines = drawn(15, columns, ("ORDERS_DLQ", "unknown"), ("ORDERS", "7"))
    assert lines[2].split() == ["ORDERS_DLQ", "?"]
    assert lines[-1] == "? = unknown."


def test_that_a_column_that_tells_nothing_goes_first() -> None:
    columns = (
        Column("name", whole=True),
        Column("in", goes=1, whole=True),
        Column("out", goes=2, whole=True),
    )
    lines = drawn(31, columns, ("ORDERS_DLQ", "12,345 a second", "unknown"))
    assert lines[0].split() == ["name", "in"]
    assert lines[-1] == "Left out at this width: out."


def test_that_a_name_wider_than_the_terminal_is_broken_and_not_cut() -> None:
    lines = drawn(10, (Column("name", whole=True), Column("kind", goes=1)), (LONG, "stream"))
    assert "".join(line.strip() for line in lines[2:]).startswith(LONG)


def test_that_an_empty_table_has_its_head() -> None:
    assert drawn(80, (Column("name"), Column("kind", goes=1)))[0].split() == ["name", "kind"]
