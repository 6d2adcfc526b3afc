"""Parts of a chart that are drawn in pixels beside the plot: titles, labels of the axes, words at line ends."""

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QGraphicsWidget, QStyleOptionGraphicsItem, QWidget

from dashboard.ui.look import Look

LEAST_GAP = 13.0
"""Between two words at the right."""

Word = tuple[float, str, str]
"""A value, the text, its colour."""


class _Part(QGraphicsWidget):
    """Fixed in one direction."""

    def __init__(self, look: Look, *, width: float = -1, height: float = -1) -> None:
        super().__init__()
        self.look = look
        if width >= 0:
            self.setMinimumWidth(width)
            self.setMaximumWidth(width)
        if height >= 0:
            self.setMinimumHeight(height)
            self.setMaximumHeight(height)


class Title(_Part):
    """A chart's title, its unit, and at the right what the crosshair reads."""

    def __init__(self, look: Look, title: str, unit: str) -> None:
        super().__init__(look, height=24)
        self.title = title
        self.unit = unit
        self.readout = ""

    def say(self, readout: str) -> None:
        """Changes the readout."""
        if readout != self.readout:
            self.readout = readout
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draws the line of words."""
        del option, widget
        tokens = self.look.tokens
        box = self.rect()
        strong = self.look.fonts.get("button")
        painter.setFont(strong)
        painter.setPen(QColor(tokens.text))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(box, middle, self.title)
        left = QFontMetricsF(strong).horizontalAdvance(self.title) + 8
        painter.setFont(self.look.fonts.get("small"))
        painter.setPen(QColor(tokens.text3))
        painter.drawText(box.adjusted(left, 0, 0, 0), middle, self.unit)
        painter.setPen(QColor(tokens.text2))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), self.readout)


class Levels(_Part):
    """0, middle and top, at the left of a plot."""

    def __init__(self, look: Look, view: pg.ViewBox) -> None:
        super().__init__(look, width=48)
        self._view = view
        self.levels: list[tuple[float, str]] = []

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draws the labels beside their levels."""
        del option, widget
        painter.setFont(self.look.fonts.get("small"))
        painter.setPen(QColor(self.look.tokens.text3))
        for value, text in self.levels:
            y = self.mapFromScene(self._view.mapViewToScene(QPointF(0, value))).y()
            top = min(max(y - 8, 0), self.rect().height() - 14)
            box = QRectF(0, top, self.rect().width() - 8, 16)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)


class Ends(_Part):
    """Words at the ends of lines, at the right of a plot, at least 13 px apart."""

    def __init__(self, look: Look, view: pg.ViewBox) -> None:
        super().__init__(look, width=72)
        self._view = view
        self.words: list[Word] = []

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draws the words in the colours of their lines."""
        del option, widget
        painter.setFont(self.look.fonts.get("small"))
        wanted = [
            (self.mapFromScene(self._view.mapViewToScene(QPointF(0, value))).y(), text, color)
            for value, text, color in self.words
        ]
        for y, text, color in spread(wanted, self.rect().height()):
            painter.setPen(QColor(color))
            box = QRectF(6, y - 8, self.rect().width() - 6, 16)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)


class Times(_Part):
    """Round times below a plot."""

    def __init__(self, look: Look, view: pg.ViewBox) -> None:
        super().__init__(look, height=20)
        self._view = view
        self.ticks: list[tuple[float, str]] = []

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draws the labels under their times."""
        del option, widget
        painter.setFont(self.look.fonts.get("small"))
        painter.setPen(QColor(self.look.tokens.text3))
        for at, text in self.ticks:
            x = self.mapFromScene(self._view.mapViewToScene(QPointF(at, 0))).x()
            box = QRectF(x - 40, 2, 80, 16)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter), text)


def spread(words: list[Word], height: float) -> list[Word]:
    """Places in pixels from the top, moved apart so that no two words overlap, kept inside."""
    placed: list[Word] = []
    for y, text, color in sorted(words):
        low = placed[-1][0] + LEAST_GAP if placed else 7.0
        placed.append((max(y, low), text, color))
    over = placed[-1][0] - (height - 7) if placed else 0.0
    if over > 0:
        limit = height - 7
        moved: list[Word] = []
        for y, text, color in reversed(placed):
            moved.append((min(y, limit), text, color))
            limit = moved[-1][0] - LEAST_GAP
        placed = list(reversed(moved))
    return placed
