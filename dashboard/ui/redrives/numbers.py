"""Fields for numbers, and the rate: a field and a logarithmic slider that say the same."""

import math

from PySide6.QtCore import QEvent, QRectF, QRegularExpression, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QRegularExpressionValidator,
)
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSlider, QVBoxLayout, QWidget

from dashboard.ui.look import Look
from dashboard.ui.widgets.labels import label

SLOWEST, FASTEST = 1.0, 500.0
LEAST, MOST = 0.1, 10_000.0
"""What the field takes; the slider has its own bounds within these."""

STEPS = 1000
WAIT_MS = 300
SETTLE_MS = 1500
"""So long a view from before a change is not believed over the change."""


class NumberField(QLineEdit):
    """A number within bounds. An empty field is None where allowed.

    `changed(value)` is told on Enter and when the field is left, and where `live` a moment after the last key as well.
    `refused(why)` is told instead of a number out of bounds, and with an empty text once that is past. What has the
    focus or is being edited is never overwritten by a value that only came from elsewhere.
    """

    changed = Signal(object)
    refused = Signal(str)

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        *,
        width: int = 64,
        whole: bool = True,
        empty: str = "",
        live: bool = True,
    ) -> None:
        super().__init__()
        self._low, self._high, self._empty = low, high, empty
        self._told: float | None = None
        self.setAccessibleName(name)
        self.setPlaceholderText(empty)
        self.setFixedWidth(width)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        # Only the form is held while typing: bounds are judged at the end, in words.
        form = r"\d{0,9}" if whole else r"\d{0,9}(\.\d{0,3})?"
        self.setValidator(QRegularExpressionValidator(QRegularExpression(form), self))
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self._tell)
        if live:
            self.textEdited.connect(lambda _: self._wait.start())
        self.textEdited.connect(lambda _: self.refused.emit(""))

    def value(self) -> float | None:
        """The number; None where the field is empty or out of bounds."""
        try:
            value = float(self.text())
        except ValueError:
            return None
        return value if self._low <= value <= self._high else None

    def show_value(self, value: float | None) -> None:
        """Shows a number without telling; a field that has the focus or is edited shows it once it is left."""
        self._told = value
        if not self.hasFocus() and not self.isModified():
            self._draw()

    def put(self, value: float | None) -> None:
        """Shows a number that a person chose by another control, over whatever the field holds."""
        self._wait.stop()
        self._told = value
        self._draw()

    def event(self, event: QEvent) -> bool:
        """Esc leaves what was typed before it leaves anything else."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and self.isModified() and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the number, Esc the one before."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.put(self._told)
            self.refused.emit("")
            event.accept()
            return
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._finish()
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving the field takes the number; a menu over it or another window does not."""
        super().focusOutEvent(event)
        if event.reason() not in {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason}:
            self._finish()

    def _finish(self) -> None:
        self._wait.stop()
        if not self.isModified():
            self._draw()
        elif self._wrong():
            self._draw()
            empty = f", or empty for {self._empty}" if self._empty else ""
            self.refused.emit(f"Not taken: from {self._low:,.10g} to {self._high:,.10g}{empty}.")
        else:
            self._tell()
            self._draw()

    def _wrong(self) -> bool:
        return self.value() is None and bool(self.text() or not self._empty)

    def _tell(self) -> None:
        value = self.value()
        if not self._wrong() and value != self._told:
            self._told = value
            self.changed.emit(value)

    def _draw(self) -> None:
        text = "" if self._told is None else f"{self._told:.10g}"
        if text != self.text():
            self.setText(text)
        self.setModified(False)


class RateSlider(QSlider):
    """1 to 500 a second on a logarithmic scale; arrows by one message, Page by a tenth."""

    wanted = Signal(float)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, STEPS)
        self.setAccessibleName("Messages a second")
        self.rate = FASTEST
        self.sliderMoved.connect(lambda place: self._want(rate_at(place)))

    def show_rate(self, rate: float) -> None:
        """Shows a rate without telling."""
        self.rate = rate
        self.setValue(place_of(rate))
        self.setAccessibleDescription(f"{rate:g} a second")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Steps in messages, not in pixels."""
        step = {
            Qt.Key.Key_Left: -1.0,
            Qt.Key.Key_Down: -1.0,
            Qt.Key.Key_Right: 1.0,
            Qt.Key.Key_Up: 1.0,
            Qt.Key.Key_PageUp: max(self.rate * 0.1, 1.0),
            Qt.Key.Key_PageDown: -max(self.rate * 0.1, 1.0),
            Qt.Key.Key_Home: SLOWEST - self.rate,
            Qt.Key.Key_End: FASTEST - self.rate,
        }.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._want(self.rate + step)

    def _want(self, rate: float) -> None:
        rate = float(round(min(max(rate, SLOWEST), FASTEST)))
        self.show_rate(rate)
        self.wanted.emit(rate)


class RateControl(QWidget):
    """`changed(rate)` a moment after the last move of the slider; None: no limit (an empty field).

    What is typed is told on Enter or when the field is left; where `live` a moment after the last key as well.
    """

    changed = Signal(object)

    def __init__(self, look: Look, *, live: bool = True) -> None:
        super().__init__()
        self.rate: float | None = None
        self._told: float | None = None
        self.field = NumberField(
            "Messages a second", LEAST, MOST, width=84, whole=False, empty="no limit", live=live
        )
        self.slider = RateSlider()
        self.note = label("", "second", "third")
        self.refusal = label("", "second", "warn")
        self.refusal.hide()
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self._tell)
        self._settling = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self.field.changed.connect(self._typed)
        self.field.refused.connect(self._refuse)
        self.slider.wanted.connect(self._slid)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(label("Rate", "source"))
        top.addWidget(self.field)
        top.addWidget(label("a second", "second"))
        top.addSpacing(8)
        top.addWidget(self.note, 1)
        top.addWidget(self.refusal, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        outer.addLayout(top)
        outer.addWidget(self.slider)
        outer.addWidget(Scale(look))

    def show_rate(self, rate: float | None) -> None:
        """Shows a rate without telling; a change under way is not overwritten."""
        on_its_way = self._settling.isActive() and rate != self._told
        if self._wait.isActive() or on_its_way:
            return
        self.rate = self._told = rate
        self.field.show_value(rate)
        self._draw_slider()

    def step(self, by: float) -> None:
        """Faster or slower by so many messages a second."""
        rate = self.rate if self.rate is not None else FASTEST
        self._slid(min(max(rate + by, SLOWEST), max(rate, FASTEST)))

    def _typed(self, value: float | None) -> None:
        self.rate = value
        self._draw_slider()
        self._tell()

    def _slid(self, rate: float) -> None:
        self.rate = rate
        self.field.put(rate)
        self._refuse("")
        self._draw_slider()
        self._wait.start()

    def _refuse(self, why: str) -> None:
        self.refusal.setText(why)
        self.refusal.setVisible(bool(why))
        self.note.setVisible(not why)

    def _draw_slider(self) -> None:
        self.slider.show_rate(min(max(self.rate if self.rate is not None else FASTEST, SLOWEST), FASTEST))

    def _tell(self) -> None:
        self._wait.stop()
        if self.rate != self._told:
            self._told = self.rate
            self._settling.start()
            self.changed.emit(self.rate)


class Scale(QWidget):
    """The figures under the slider, where the slider has them."""

    FIGURES = (1, 10, 50, 100, 500)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedHeight(look.row(16))
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws them."""
        del event
        painter = QPainter(self)
        painter.setFont(self._look.fonts.get("small"))
        painter.setPen(QColor(self._look.tokens.text3))
        for figure in self.FIGURES:
            middle = 7 + place_of(figure) / STEPS * (self.width() - 14)
            left = min(max(middle - 20, 0), self.width() - 40)
            align = Qt.AlignmentFlag.AlignHCenter
            if middle < 20:
                align = Qt.AlignmentFlag.AlignLeft
            elif middle > self.width() - 20:
                align = Qt.AlignmentFlag.AlignRight
            painter.drawText(QRectF(left, 0, 40, self.height()), int(align), str(figure))


def place_of(rate: float) -> int:
    """The place of a rate on the slider."""
    low, high = math.log(SLOWEST), math.log(FASTEST)
    return round((math.log(min(max(rate, SLOWEST), FASTEST)) - low) / (high - low) * STEPS)


def rate_at(place: int) -> float:
    """The rate of a place on the slider."""
    low, high = math.log(SLOWEST), math.log(FASTEST)
    return math.exp(low + place / STEPS * (high - low))
