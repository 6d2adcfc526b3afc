"""The inbox as a table: one line a cause, and one a source that was not read."""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from dashboard.core.connections import Connection
from dashboard.core.letters import InboxRow
from dashboard.core.text import one_line
from dashboard.core.words import count, iso
from dashboard.ui.around import at_time, since, strip_color
from dashboard.ui.dead_letters.words import hourly
from dashboard.ui.look import Look
from dashboard.ui.tables.cells import Cells
from dashboard.ui.tables.listed import Section
from dashboard.ui.tables.table import Table
from dashboard.ui.widgets.spark import Sparks

COLUMNS = ("Cause", "Source", "Messages", "Last 24 h", "First", "Last", "Rate", "")
WIDTHS = (300, 240, 96, 110, 92, 92, 84, 150)
RIGHT = frozenset({2, 5, 6, 7})
CAUSE, SOURCE, MESSAGES, HOURS, FIRST, LAST, RATE, NOTE = range(8)
BARS = 84


def key_of(row: InboxRow) -> Hashable:
    """A line across changes."""
    return (row.source, row.group.cause if row.group else None)


def arrange(rows: Sequence[InboxRow], wanted: Sequence[str], *, by_source: bool) -> list[InboxRow | Section]:
    """Lines with their sections; `wanted` words must all be in a line's title, text or source."""
    found = [row for row in rows if all(word in _haystack(row) for word in wanted)]
    read = sorted((row for row in found if row.group), key=lambda row: -(row.group.count if row.group else 0))
    unread = [row for row in found if row.group is None]
    lines: list[InboxRow | Section] = []
    if by_source:
        sources = list(dict.fromkeys(row.source for row in read))
        for source in sources:
            own = [row for row in read if row.source == source]
            total = sum(row.group.count for row in own if row.group)
            lines += [Section(one_line(source.source, 80), f"{source.connection}, {count(total)} read"), *own]
    elif read:
        lines += [Section("Without owner", f"{len(read)}, largest first"), *read]
    if unread:
        noun = "source" if len(unread) == 1 else "sources"
        lines += [Section("Not read", f"{len(unread)} {noun}"), *unread]
    return lines


def _haystack(row: InboxRow) -> str:
    words = f"{row.group.title} {row.group.exception} {row.group.sample}" if row.group else "not read"
    return f"{words} {row.source.source} {row.source.connection}".lower()


def cell_text(row: InboxRow, column: int) -> str:
    """A cell as it is copied."""
    group = row.group
    return (
        one_line(group.title if group else row.source.source),
        f"{row.source.connection}/{row.source.source}",
        count(group.count if group else row.waiting),
        " ".join(map(str, group.hours)) if group else "",
        iso(group.first_at) or "" if group else "",
        iso(group.last_at) or "" if group else "",
        hourly(group) if group else "",
        row.price or row.why,
    )[column]


class InboxCells(Cells):
    """Paints a line. `connection` gives the environment's colour; `now` the present."""

    def __init__(
        self,
        look: Look,
        table: Table,
        connection: Callable[[str], Connection | None],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(look, table)
        self._connection = connection
        self._now = now
        self._sparks = Sparks()

    def strip(self, record: object) -> str:
        """The colour of the line's environment."""
        assert isinstance(record, InboxRow)
        return strip_color(self.look, self._connection(record.source.connection))

    def cell(self, painter: QPainter, box: QRect, record: object, column: int) -> None:
        """A cause, or a source that was not read with its price over the middle columns."""
        assert isinstance(record, InboxRow)
        tokens = self.look.tokens
        if column == CAUSE:
            box = box.adjusted(8, 0, 0, 0)
            title = record.group.title if record.group else record.source.source
            self.text(painter, box, one_line(title, 300), tokens.text, role="source")
        elif column == SOURCE:
            name = record.source.source if record.group else record.source.connection
            self.text(painter, box, one_line(name, 120), tokens.text2)
        elif column == MESSAGES:
            known = record.group is not None
            shown = count(record.group.count) if record.group else count(record.waiting)
            color = tokens.text if known else tokens.text3 if record.waiting is None else tokens.text2
            self.text(painter, box, shown, color, role="source" if known else "table", right=True)
        elif record.group is None:
            self._unread(painter, box, record, column)
        else:
            self._times(painter, box, record, column)

    def _times(self, painter: QPainter, box: QRect, row: InboxRow, column: int) -> None:
        group, tokens = row.group, self.look.tokens
        assert group is not None
        if column == HOURS:
            key = (row.source, group.cause, group.hours)
            fresh = bool(group.hours) and group.hours[-1] > 0
            color = tokens.measure_dead if fresh else tokens.text3
            ratio = self.table.devicePixelRatioF()
            bars = self._sparks.bars(key, group.hours, color, tokens, width=BARS, ratio=ratio)
            painter.drawPixmap(box.left(), box.top() + (box.height() - 18) // 2, bars)
        elif column == FIRST:
            self.text(painter, box, since(group.first_at, self._now().astimezone()), tokens.text2)
        elif column == LAST:
            self.text(painter, box, since(group.last_at, self._now().astimezone()), tokens.text2, right=True)
        elif column == RATE:
            active = bool(group.hours) and group.hours[-1] > 0
            self.text(painter, box, hourly(group), tokens.text if active else tokens.text3, right=True)
        elif column == NOTE:
            read = f"read {at_time(row.read_at, self._now().astimezone())}" if row.read_at else ""
            self.text(painter, box, read, tokens.text3, right=True)

    def _unread(self, painter: QPainter, box: QRect, row: InboxRow, column: int) -> None:
        tokens = self.look.tokens
        if column == HOURS:
            words = row.price or row.why or "Looking is free."
            self.text(painter, box, one_line(words, 300), tokens.text2 if row.readable else tokens.text3)
        elif column == NOTE:
            offered = row.readable and row.waiting != 0
            words = "Enter to open" if offered else "not offered" if not row.readable else "nothing waits"
            self.text(painter, box, words, tokens.accent if offered else tokens.text3, right=True)
