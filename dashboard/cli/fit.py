"""A table that fits the terminal: names stay whole, the least needed columns go first, and what went is said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from dashboard.core import words
from dashboard.core.text import one_line

CELL = 200
"""Characters of one cell at most."""
_GAP = 3
_LEAST = 20
_SHORT = "?"
_TELLS_NOTHING = frozenset({"", words.UNKNOWN, words.NO_MEANING})


@dataclass(frozen=True, slots=True)
class Column:
    """`goes`: its place in the order of leaving, 1 first, 0 never. `whole`: its cells are never cut or broken."""

    heading: str
    number: bool = False
    goes: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Columns with their cells, all of the same number a row."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def natural(self) -> list[int]:
        """Columns of the terminal that each column would like."""
        return [
            max([cell_len(column.heading), *(cell_len(row[n]) for row in self.rows)])
            for n, column in enumerate(self.columns)
        ]

    def least(self) -> list[int]:
        """What each column needs at least."""
        return [
            wanted if column.whole or column.number else min(wanted, max(_LEAST, cell_len(column.heading)))
            for column, wanted in zip(self.columns, self.natural(), strict=True)
        ]

    def short(self) -> "_Sheet":
        """With the mark in place of the word for what is unknown."""
        rows = (tuple(_SHORT if value == words.UNKNOWN else value for value in row) for row in self.rows)
        return replace(self, rows=tuple(rows))

    def without(self, n: int) -> "_Sheet":
        """Without one column."""
        rows = (row[:n] + row[n + 1 :] for row in self.rows)
        return _Sheet(self.columns[:n] + self.columns[n + 1 :], tuple(rows))

    def next_to_go(self) -> int | None:
        """The column to leave out next: one that tells nothing before any other."""
        blank = {*_TELLS_NOTHING, _SHORT}
        leaving = [
            (any(row[n] not in blank for row in self.rows), column.goes, n)
            for n, column in enumerate(self.columns)
            if column.goes
        ]
        return min(leaving)[2] if leaving else None


class FittedTable:
    """Rows under columns, laid out for the width it is drawn in."""

    def __init__(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        cells = (tuple(one_line(value, CELL) for value in row) for row in rows)
        self._sheet = _Sheet(tuple(columns), tuple(cells))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich."""
        sheet, left_out, width = self._sheet, [], options.max_width
        if _total(sheet.natural()) > width:
            sheet = sheet.short()
        while _total(sheet.least()) > width and (n := sheet.next_to_go()) is not None:
            left_out.append(sheet.columns[n].heading)
            sheet = sheet.without(n)
        yield _drawn(sheet, _shared(sheet, width))
        marked = any(_SHORT in row for row in sheet.rows)
        legend = [f"{_SHORT} = {words.UNKNOWN}."] if marked else []
        if left_out:
            legend.append(f"Left out at this width: {', '.join(left_out)}.")
        if legend:
            yield Text(" ".join(legend), style="dim")


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _shared(sheet: _Sheet, width: int) -> list[int]:
    """A width for each column: the widest gives first, none below what it needs while another can give."""
    widths, floors = sheet.natural(), sheet.least()
    while _total(widths) > width:
        giving = [n for n, floor in enumerate(floors) if widths[n] > floor] or list(range(len(widths)))
        widest = max(giving, key=lambda n: widths[n])
        if widths[widest] <= 1:
            break
        widths[widest] -= 1
    return widths


def _drawn(sheet: _Sheet, widths: Sequence[int]) -> Table:
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column, width in zip(sheet.columns, widths, strict=True):
        made.add_column(
            column.heading, justify="right" if column.number else "left", width=width, overflow="fold"
        )
    for row in sheet.rows:
        made.add_row(*(Text(value) for value in row))
    return made
