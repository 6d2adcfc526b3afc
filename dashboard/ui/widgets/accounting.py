"""Where the messages of a run are: parts that add up to the frozen count, in figures and as one bar."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from dashboard.core.words import count
from dashboard.ui.look import Look

BAR = 10
LEAST = 4.0
"""What is not zero can be seen."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name, how many, and the name of its colour among the tokens."""

    name: str
    number: int
    token: str


def widths(numbers: Sequence[int], room: float) -> list[float]:
    """Widths in proportion that fill `room`; a part that is not zero is at least 4 px wide."""
    total = sum(numbers)
    if total <= 0:
        return [0.0] * len(numbers)
    fair = [number / total * room for number in numbers]
    lifted = [LEAST if 0 < width < LEAST else 0.0 for width in fair]
    large = sum(width for width in fair if width >= LEAST)
    left = max(room - sum(lifted), 0.0)
    return [
        lift or (width / large * left if large else 0.0) for lift, width in zip(lifted, fair, strict=True)
    ]


class AccountingBar(QWidget):
    """Figures spread over the width with + between them and = before the total; below them the bar."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._parts: tuple[Part, ...] = ()
        self._total = 0
        self._total_name = "frozen"
        self.setFixedHeight(look.row(74))
        look.changed.connect(self.update)

    def show_parts(self, parts: Sequence[Part], total: int, total_name: str = "frozen") -> None:
        """Shows one snapshot; the caller's parts add up to `total`."""
        self._parts, self._total, self._total_name = tuple(parts), total, total_name
        words = ", ".join(f"{count(part.number)} {part.name}" for part in parts)
        self.setAccessibleName(f"{words}; together {count(total)} {total_name}")
        self.update()

    @property
    def adds_up(self) -> bool:
        """Whether what is shown adds up."""
        return sum(part.number for part in self._parts) == self._total

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws figures, signs and bar."""
        del event
        painter = QPainter(self)
        tokens = self._look.tokens
        painter.fillRect(self.rect(), QColor(tokens.surface))
        cells = [*self._parts, Part(self._total_name, self._total, "text")]
        step = (self.width() - 32) / max(len(cells), 1)
        for place, part in enumerate(cells):
            box = QRectF(16 + place * step, 0, step, self.height())
            sign = "" if place == 0 else "=" if place == len(cells) - 1 else "+"
            self._figure(painter, box, part, sign)
        self._bar(painter, tokens.line)

    def _figure(self, painter: QPainter, box: QRectF, part: Part, sign: str) -> None:
        tokens = self._look.tokens
        figure = self._look.fonts.get("title")
        metrics = QFontMetricsF(figure)
        indent = 18.0 if sign else 0.0
        painter.setFont(figure)
        if sign:
            painter.setPen(QColor(tokens.text3))
            painter.drawText(QRectF(box.left(), 24, 14, 22), int(Qt.AlignmentFlag.AlignVCenter), sign)
        loud = part.token in {"danger", "warn"} and part.number > 0
        color = getattr(tokens, part.token) if loud else tokens.text if part.number else tokens.text3
        painter.setPen(QColor(color))
        text = metrics.elidedText(count(part.number), Qt.TextElideMode.ElideRight, box.width() - indent)
        painter.drawText(
            QRectF(box.left() + indent, 24, box.width(), 22), int(Qt.AlignmentFlag.AlignVCenter), text
        )
        small = self._look.fonts.get("small")
        painter.setFont(small)
        painter.setPen(QColor(tokens.text3))
        name = QFontMetricsF(small).elidedText(
            part.name, Qt.TextElideMode.ElideRight, box.width() - indent - 4
        )
        painter.drawText(
            QRectF(box.left() + indent, 8, box.width(), 16), int(Qt.AlignmentFlag.AlignVCenter), name
        )

    def _bar(self, painter: QPainter, ground: str) -> None:
        room = self.width() - 32
        top = self.height() - BAR - 12
        painter.fillRect(QRectF(16, top, room, BAR), QColor(ground))
        left = 16.0
        for part, width in zip(self._parts, widths([part.number for part in self._parts], room), strict=True):
            painter.fillRect(QRectF(left, top, width, BAR), QColor(getattr(self._look.tokens, part.token)))
            left += width
