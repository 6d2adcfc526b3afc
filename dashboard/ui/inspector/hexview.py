"""Bytes as hex and characters; only the lines that can be seen are made and drawn."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea

from dashboard.core.words import plural
from dashboard.ui.look import Look

NARROW, WIDE = 8, 16
LINE = 18
MARGIN = 16


class HexView(QAbstractScrollArea):
    """Offset, bytes, and what of them is ASCII; sixteen bytes a line where there is room, else eight."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._data = b""
        self.per_line = NARROW
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        look.changed.connect(self.viewport().update)

    def show_bytes(self, data: bytes) -> None:
        """Shows them from the first."""
        self._data = data
        self.setAccessibleName(f"Body in hex, {plural(len(data), 'byte')}")
        self.verticalScrollBar().setValue(0)
        self._measure()
        self.viewport().update()

    def line(self, number: int) -> tuple[str, str, str]:
        """Offset, hex and characters of a line."""
        start = number * self.per_line
        part = self._data[start : start + self.per_line]
        plain = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in part)
        return f"{start:08x}", part.hex(" "), plain

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return -(-len(self._data) // self.per_line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of bytes and lines fits."""
        super().resizeEvent(event)
        self._measure()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scrolls by line, page, and to the ends."""
        bar = self.verticalScrollBar()
        step = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_End: bar.maximum(),
            Qt.Key.Key_Home: -bar.maximum(),
        }.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            bar.setValue(bar.value() + step)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws what can be seen."""
        del event
        painter = QPainter(self.viewport())
        tokens = self._look.tokens
        painter.fillRect(self.viewport().rect(), QColor(tokens.surface))
        font = self._look.fonts.get("mono")
        painter.setFont(font)
        metrics = QFontMetrics(font)
        wide, height = metrics.horizontalAdvance("0"), self._look.row(LINE)
        first = self.verticalScrollBar().value()
        for place in range(min(self._shown() + 1, self.lines - first)):
            foot = QPoint(MARGIN, place * height + metrics.ascent() + 2)
            offset, octets, plain = self.line(first + place)
            for text, color, column in (
                (offset, tokens.text3, 0),
                (octets, tokens.text, 10),
                (plain, tokens.syntax_string, 10 + 3 * self.per_line + 1),
            ):
                painter.setPen(QColor(color))
                painter.drawText(foot + QPoint(column * wide, 0), text)

    def _shown(self) -> int:
        return max(self.viewport().height() // self._look.row(LINE), 1)

    def _measure(self) -> None:
        wide = QFontMetrics(self._look.fonts.get("mono")).horizontalAdvance("0")
        fits = self.viewport().width() - 2 * MARGIN >= wide * (10 + 4 * WIDE + 1)
        self.per_line = WIDE if fits else NARROW
        bar = self.verticalScrollBar()
        bar.setPageStep(self._shown())
        bar.setRange(0, max(self.lines - self._shown(), 0))
