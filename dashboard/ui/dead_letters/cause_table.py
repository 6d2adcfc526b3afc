"""The causes inside one source; the chosen one becomes a term of the search."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from dashboard.core.letters import CauseGroup
from dashboard.core.text import one_line
from dashboard.core.words import count, iso, plural
from dashboard.ui.around import since
from dashboard.ui.dead_letters.words import hourly
from dashboard.ui.look import Look
from dashboard.ui.tables.cells import Cells
from dashboard.ui.tables.table import Table
from dashboard.ui.widgets.spark import Sparks

COLUMNS = ("", "Cause", "Messages", "Last 24 h", "First, last", "Rate")
WIDTHS = (40, 260, 86, 104, 152, 80)
RIGHT = frozenset({2, 5})
CHOSEN, CAUSE, MESSAGES, HOURS, TIMES, RATE = range(6)
BARS = 76


def cell_text(group: CauseGroup, column: int) -> str:
    """A cell as it is copied."""
    return (
        group.cause,
        one_line(group.title),
        str(group.count),
        " ".join(map(str, group.hours)),
        f"{iso(group.first_at) or ''} {iso(group.last_at) or ''}".strip(),
        hourly(group),
    )[column]


def spoken(group: CauseGroup) -> str:
    """A row as one sentence."""
    return one_line(f"{group.title}, {plural(group.count, 'message')}, {hourly(group)}", 300)


class CauseCells(Cells):
    """Paints a cause; `filtered` says whether the search asks for it."""

    def __init__(
        self, look: Look, table: Table, filtered: Callable[[CauseGroup], bool], now: Callable[[], datetime]
    ) -> None:
        super().__init__(look, table)
        self._filtered = filtered
        self._now = now
        self._sparks = Sparks()

    def cell(self, painter: QPainter, box: QRect, record: object, column: int) -> None:
        """One line a cause."""
        assert isinstance(record, CauseGroup)
        tokens = self.look.tokens
        if column == CHOSEN and self._filtered(record):
            self.icon(painter, box.adjusted(8, 0, 0, 0), "list-filter", tokens.accent)
        elif column == CAUSE:
            width = self.text(painter, box, one_line(record.title, 200), tokens.text, role="source")
            if record.sample and width + 60 < box.width():
                self.text(
                    painter, box.adjusted(width + 8, 0, 0, 0), one_line(record.sample, 200), tokens.text3
                )
        elif column == MESSAGES:
            self.text(painter, box, count(record.count), tokens.text, role="source", right=True)
        elif column == HOURS:
            fresh = bool(record.hours) and record.hours[-1] > 0
            color = tokens.measure_dead if fresh else tokens.text3
            ratio = self.table.devicePixelRatioF()
            bars = self._sparks.bars(
                (record.cause, record.hours), record.hours, color, tokens, width=BARS, ratio=ratio
            )
            painter.drawPixmap(box.left(), box.top() + (box.height() - 18) // 2, bars)
        elif column == TIMES:
            now = self._now().astimezone()
            first, last = since(record.first_at, now), since(record.last_at, now)
            self.text(painter, box, first if first == last else f"{first} to {last}", tokens.text2)
        elif column == RATE:
            active = bool(record.hours) and record.hours[-1] > 0
            self.text(painter, box, hourly(record), tokens.text if active else tokens.text3, right=True)
