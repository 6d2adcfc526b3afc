"""The chosen line of the inbox in words: title, how it was written, the last 24 hours, and the keys."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dashboard.core.letters import InboxRow
from dashboard.core.text import one_line
from dashboard.core.words import count, plural
from dashboard.ui.look import Look
from dashboard.ui.widgets.buttons import hint
from dashboard.ui.widgets.labels import Elided, label, line

HEIGHT = 148
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class Hours(QWidget):
    """Counts of the last 24 hours as bars from 0 to their own maximum, which stands at the left."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._hours: tuple[int, ...] = ()
        look.changed.connect(self.update)

    def show_hours(self, hours: tuple[int, ...]) -> None:
        """Shows them, oldest first; empty where they are not told."""
        self._hours = hours
        self.setAccessibleName(
            f"Dead letters an hour, last 24 hours: {', '.join(map(str, hours))}"
            if hours
            else "Hours not told"
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws bars, baseline, and the top of the scale."""
        del event
        painter, tokens = QPainter(self), self._look.tokens
        room = QRectF(self.rect()).adjusted(64, 6, -16, -24)
        painter.setFont(self._look.fonts.get("small"))
        painter.setPen(QPen(QColor(tokens.line2), 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.setPen(QColor(tokens.text3))
        under = QRectF(room.left(), room.bottom() + 4, room.width(), 16)
        if not self._hours:
            painter.drawText(under, LEFT, "when they died is not told")
            return
        top = max(self._hours) or 1
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(0, room.top() - 6, 56, 14), right, count(max(self._hours)))
        painter.drawText(QRectF(0, room.bottom() - 8, 56, 14), right, "0")
        painter.drawText(under, LEFT, "24 h ago")
        painter.drawText(under, right, "now")
        step = room.width() / len(self._hours)
        for place, value in enumerate(self._hours):
            if value:
                tall = max(value / top * room.height(), 2)
                bar = QRectF(room.left() + place * step, room.bottom() - tall, max(step - 2, 1), tall)
                painter.fillRect(bar, QColor(tokens.measure_dead))


class CausePreview(QWidget):
    """Left the words, right the hours."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(look.row(HEIGHT))
        self.setAccessibleName("Chosen cause")
        self._title = Elided("", "section")
        self._detail = label("", "second", "third")
        self._sample = Elided("", "mono", "danger")
        self._note = label("", "second", wrap=True)
        self._hours_title = label("Dead letters an hour", "section")
        self._hours = Hours(look)
        keys = QHBoxLayout()
        keys.setSpacing(16)
        keys.addWidget(hint("Return", "open"))
        keys.addWidget(hint("/", "filter"))
        keys.addStretch(1)
        words = QVBoxLayout()
        words.setContentsMargins(16, 12, 16, 12)
        words.setSpacing(4)
        for widget in (self._title, self._detail, self._sample, self._note):
            words.addWidget(widget)
        words.addStretch(1)
        words.addLayout(keys)
        chart = QVBoxLayout()
        chart.setContentsMargins(12, 12, 0, 0)
        chart.addWidget(self._hours_title)
        chart.addWidget(self._hours, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(words, 1)
        row.addWidget(line("vline"))
        row.addLayout(chart, 1)

    def show_row(self, row: InboxRow | None) -> None:
        """Shows a line; None clears."""
        group = row.group if row is not None else None
        self._hours_title.setVisible(group is not None)
        self._hours.setVisible(group is not None)
        if row is None:
            texts = ("", "", "", "")
        elif group is None:
            waiting = (
                plural(row.waiting, "dead letter") if row.waiting is not None else "how many is not known"
            )
            texts = (
                one_line(row.source.source, 200),
                f"{waiting}, not read",
                "",
                row.price or row.why or "Looking is free.",
            )
        else:
            self._hours.show_hours(group.hours)
            of = f"of {count(row.waiting)} in {row.source.source}" if row.waiting is not None else ""
            texts = (
                one_line(group.title, 300),
                one_line(f"{plural(group.count, 'message')} {of}", 200),
                one_line(f"{group.exception}: {group.sample}" if group.exception else group.sample, 400),
                "",
            )
        for widget, text in zip((self._title, self._detail, self._sample, self._note), texts, strict=True):
            widget.setText(text)
            widget.setVisible(bool(text))
