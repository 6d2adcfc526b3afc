"""The messages of one source: tick box, when, id, why, from where, attempts, size."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from dashboard.core.letters import LetterRow
from dashboard.core.text import one_line
from dashboard.core.words import count, iso, plural
from dashboard.ui.around import at_time
from dashboard.ui.look import Look
from dashboard.ui.tables.cells import Cells
from dashboard.ui.tables.table import Table

COLUMNS = ("", "Failed", "Message id", "Why", "Came from", "Attempts", "Body, B")
WIDTHS = (40, 104, 150, 240, 144, 92, 84)
RIGHT = frozenset({5, 6})
TICK, FAILED, ID, WHY, ORIGIN, ATTEMPTS, SIZE = range(7)
ORDERS = {FAILED: "at", ID: "id", WHY: "cause", ORIGIN: "origin", ATTEMPTS: "attempts", SIZE: "size"}
"""The field that a column is ordered by."""
BOX = 14


def cell_text(row: LetterRow, column: int) -> str:
    """A cell as it is copied."""
    return (
        str(row.n),
        iso(row.at) or "",
        one_line(row.ref.key),
        one_line(f"{row.title}: {row.reason}" if row.reason else row.title),
        one_line(row.origin or ""),
        "" if row.attempts is None else str(row.attempts),
        str(row.size),
    )[column]


def spoken(row: LetterRow) -> str:
    """A row as one sentence."""
    origin = f" from {row.origin}" if row.origin else ""
    return one_line(f"Message {row.ref.key}{origin}, {row.title}, {plural(row.size, 'byte')}", 300)


class LetterCells(Cells):
    """Paints a message; `ticked` says whether it is selected."""

    def __init__(
        self, look: Look, table: Table, ticked: Callable[[LetterRow], bool], now: Callable[[], datetime]
    ) -> None:
        super().__init__(look, table)
        self._ticked = ticked
        self._now = now

    def cell(self, painter: QPainter, box: QRect, record: object, column: int) -> None:
        """What is not selected is dimmed."""
        assert isinstance(record, LetterRow)
        tokens = self.look.tokens
        on = self._ticked(record)
        ink, second = (tokens.text, tokens.text2) if on else (tokens.text3, tokens.text3)
        if column == TICK:
            paint_tick(painter, box.adjusted(8, 0, 0, 0), self.look, on=on)
        elif column == FAILED:
            self.text(painter, box, at_time(record.at, self._now().astimezone()), ink)
        elif column == ID:
            self.text(painter, box, one_line(record.ref.key, 80), ink, role="mono")
        elif column == WHY:
            width = self.text(painter, box, one_line(record.title, 160), ink)
            if record.reason and width + 40 < box.width():
                rest = box.adjusted(width + 8, 0, 0, 0)
                self.text(painter, rest, one_line(record.reason, 200), tokens.text3)
        elif column == ORIGIN:
            self.text(painter, box, one_line(record.origin or "not known", 120), second)
        elif column == ATTEMPTS:
            self.text(
                painter, box, "–" if record.attempts is None else count(record.attempts), second, right=True
            )
        else:
            self.text(painter, box, count(record.size), second, right=True)


def paint_tick(painter: QPainter, box: QRect, look: Look, *, on: bool) -> None:
    """A tick box of 14 px at the left of `box`."""
    tokens = look.tokens
    square = QRectF(box.left(), box.top() + (box.height() - BOX) / 2, BOX, BOX)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(tokens.accent_fill if on else tokens.control), 1))
    painter.setBrush(QColor(tokens.accent_fill if on else tokens.surface))
    painter.drawRoundedRect(square.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if on:
        pen = QPen(QColor(tokens.on_fill), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        corner = square.topLeft()
        points = [QPointF(3.5, 7.2), QPointF(6, 9.8), QPointF(10.6, 4.4)]
        painter.drawPolyline(QPolygonF([corner + point for point in points]))
    painter.restore()
