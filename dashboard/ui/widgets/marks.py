"""Health marks, which differ in shape as well as in colour, and pills: a mark and words."""

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from dashboard.ui.look import Look
from dashboard.ui.tokens import Tokens

Mark = Literal["ok", "warn", "danger", "stale", "off", "unknown", "pending", "none"]
Tone = Literal["ok", "warn", "danger", "neutral", "info", "plain"]

WORDS: dict[Mark, str] = {
    "ok": "fine",
    "warn": "look soon",
    "danger": "failing",
    "stale": "stale",
    "off": "disconnected",
    "unknown": "not known",
    "pending": "under way",
    "none": "",
}
SIZE = 12


def mark_color(mark: Mark, tokens: Tokens) -> str:
    """The colour that goes with a mark."""
    colors = {"ok": tokens.ok, "warn": tokens.warn, "danger": tokens.danger, "pending": tokens.accent}
    return colors.get(mark, tokens.text3 if mark != "off" else tokens.text2)


def paint_mark(painter: QPainter, box: QRectF, mark: Mark, tokens: Tokens, color: str = "") -> None:
    """Draws a mark of 12 px in the middle of `box`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.center())
    ink = QColor(color or mark_color(mark, tokens))
    pen = QPen(ink, 1.3)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if mark == "ok":
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(0, 0), 3.5, 3.5)
    elif mark == "warn":
        painter.setBrush(ink)
        painter.drawPolygon(QPolygonF([QPointF(0, -5), QPointF(5.5, 4.5), QPointF(-5.5, 4.5)]))
    elif mark == "danger":
        _octagon(painter, ink, tokens)
    elif mark == "off":
        painter.setPen(pen)
        painter.drawLine(QPointF(-3.5, -3.5), QPointF(3.5, 3.5))
        painter.drawLine(QPointF(3.5, -3.5), QPointF(-3.5, 3.5))
    elif mark == "stale":
        pen.setDashPattern([1.6, 1.9])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawEllipse(QPointF(0, 0), 4.3, 4.3)
    elif mark == "unknown":
        _question(painter, pen)
    elif mark == "pending":
        painter.setPen(pen)
        painter.drawEllipse(QPointF(0, 0), 4.5, 4.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawPie(QRectF(-4.5, -4.5, 9, 9), 90 * 16, -90 * 16)
    painter.restore()


def _octagon(painter: QPainter, ink: QColor, tokens: Tokens) -> None:
    a, b = 5.5, 2.3
    corners = [(-b, -a), (b, -a), (a, -b), (a, b), (b, a), (-b, a), (-a, b), (-a, -b)]
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    painter.setBrush(QColor(tokens.surface))
    painter.drawRect(QRectF(-0.75, -3.2, 1.5, 4))
    painter.drawRect(QRectF(-0.75, 1.7, 1.5, 1.5))


def _question(painter: QPainter, pen: QPen) -> None:
    painter.setPen(pen)
    painter.drawEllipse(QPointF(0, 0), 4.6, 4.6)
    pen.setWidthF(1.1)
    painter.setPen(pen)
    painter.drawArc(QRectF(-1.5, -2.6, 3, 2.8), 190 * 16, -230 * 16)
    painter.drawLine(QPointF(0, 0.2), QPointF(0, 0.9))
    painter.drawPoint(QPointF(0, 2.5))


def pill_colors(tone: Tone, tokens: Tokens) -> tuple[str, str]:
    """Ink and ground; "plain" has no ground."""
    return {
        "ok": (tokens.ok, tokens.ok_tint),
        "warn": (tokens.warn, tokens.warn_tint),
        "danger": (tokens.danger, tokens.danger_tint),
        "neutral": (tokens.text2, tokens.neutral_tint),
        "info": (tokens.accent, tokens.info_tint),
        "plain": (tokens.text2, ""),
    }[tone]


def paint_pill(
    painter: QPainter, box: QRectF, look: Look, words: str, tone: Tone, mark: Mark = "none", glyph: str = ""
) -> float:
    """Draws a pill at the left of `box`, in its middle; returns its width. `glyph` is one character before the words."""
    tokens = look.tokens
    ink, ground = pill_colors(tone, tokens)
    font = look.fonts.get("table")
    metrics = QFontMetrics(font)
    padding = 7 if ground else 0
    left = padding + (16 if mark != "none" else 0)
    text = f"{glyph} {words}" if glyph else words
    room = box.width() - left - padding
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room))
    width = left + metrics.horizontalAdvance(text) + padding
    pill = QRectF(box.left(), box.center().y() - look.row(20) / 2 + 0.5, width, look.row(19))
    painter.save()
    if ground:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(pill, 3, 3)
    if mark != "none":
        paint_mark(painter, QRectF(pill.left() + padding, pill.top(), SIZE, pill.height()), mark, tokens, ink)
    painter.setPen(QColor(ink))
    painter.setFont(font)
    painter.drawText(pill.adjusted(left, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), text)
    painter.restore()
    return width


class HealthMark(QWidget):
    """A mark as a widget."""

    def __init__(self, look: Look, mark: Mark = "none") -> None:
        super().__init__()
        self._look = look
        self._mark: Mark = mark
        self.setFixedSize(16, 16)
        look.changed.connect(self.update)

    def show_mark(self, mark: Mark) -> None:
        """Changes it."""
        if mark != self._mark:
            self._mark = mark
            self.setAccessibleName(WORDS[mark])
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the mark."""
        del event
        painter = QPainter(self)
        paint_mark(painter, QRectF(self.rect()), self._mark, self._look.tokens)


class Pill(QWidget):
    """A pill as a widget."""

    def __init__(self, look: Look, words: str = "", tone: Tone = "neutral", mark: Mark = "none") -> None:
        super().__init__()
        self._look = look
        self._words = words
        self._tone: Tone = tone
        self._mark: Mark = mark
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)
        self.setAccessibleName(words)

    def say(self, words: str, tone: Tone = "neutral", mark: Mark = "none") -> None:
        """Changes words, tone and mark."""
        self._words, self._tone, self._mark = words, tone, mark
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        metrics = QFontMetrics(self._look.fonts.get("table"))
        width = metrics.horizontalAdvance(self._words) + 16 + (16 if self._mark != "none" else 0)
        return QSize(width, self._look.row(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the pill."""
        del event
        paint_pill(QPainter(self), QRectF(self.rect()), self._look, self._words, self._tone, self._mark)
