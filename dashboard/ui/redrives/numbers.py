"""Fields for numbers, and the rate: a field and a logarithmic slider that say the same."""

import math

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QDoubleValidator, QIntValidator, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSlider, QVBoxLayout, QWidget

from dashboard.ui.look import Look
from dashboard.ui.widgets.labels import label

SLOWEST, FASTEST = 1.0, 500.0
STEPS = 1000
WAIT_MS = 300


class NumberField(QLineEdit):
    """A number within bounds; `changed(value)` a moment after the last key. An empty field is None where allowed."""

    changed = Signal(object)

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        *,
        width: int = 64,
        whole: bool = True,
        empty: str = "",
    ) -> None:
        super().__init__()
        self._low, self._high, self._empty = low, high, bool(empty)
        self._told: float | None = None
        self.setAccessibleName(name)
        self.setPlaceholderText(empty)
        self.setFixedWidth(width)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setValidator(
            QIntValidator(0, int(high), self) if whole else QDoubleValidator(0.0, high, 3, self)
        )
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self._tell)
        self.textEdited.connect(self._typed)
        self.editingFinished.connect(self._tell)

    def value(self) -> float | None:
        """The number; None where the field is empty or out of bounds."""
        try:
            value = float(self.text())
        except ValueError:
            return None
        return value if self._low <= value <= self._high else None

    def show_value(self, value: float | None) -> None:
        """Shows a number without telling; leaves alone what is being typed."""
        if self.hasFocus() and self.isModified():
            return
        self._told = value
        self.setText("" if value is None else f"{value:g}")

    def _typed(self) -> None:
        self._wait.start()

    def _tell(self) -> None:
        self._wait.stop()
        value = self.value()
        if value is None and (self.text() or not self._empty):
            self.setText("" if self._told is None else f"{self._told:g}")
            return
        self.setModified(False)
        if value != self._told:
            self._told = value
            self.changed.emit(value)


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
    """`changed(rate)` a moment after the last move; None: no limit (an empty field)."""

    changed = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.rate: float | None = None
        self._told: float | None = None
        self.field = NumberField(
            "Messages a second", 0.001, 1_000_000, width=84, whole=False, empty="no limit"
        )
        self.slider = RateSlider()
        self.note = label("", "second", "third")
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self._tell)
        self.field.changed.connect(self._typed)
        self.slider.wanted.connect(self._slid)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(label("Rate", "source"))
        top.addWidget(self.field)
        top.addWidget(label("a second", "second"))
        top.addSpacing(8)
        top.addWidget(self.note, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        outer.addLayout(top)
        outer.addWidget(self.slider)
        outer.addWidget(Scale(look))

    def show_rate(self, rate: float | None) -> None:
        """Shows a rate without telling; a change under way is not overwritten."""
        if self._wait.isActive():
            return
        self.rate = self._told = rate
        self._draw()

    def step(self, by: float) -> None:
        """Faster or slower by so many messages a second."""
        self._slid(max((self.rate if self.rate is not None else FASTEST) + by, SLOWEST))

    def _typed(self, value: float | None) -> None:
        self.rate = value
        self._draw()
        self._tell()

    def _slid(self, rate: float) -> None:
        self.rate = rate
        self._draw()
        self._wait.start()

    def _draw(self) -> None:
        self.field.show_value(self.rate)
        self.slider.show_rate(min(max(self.rate if self.rate is not None else FASTEST, SLOWEST), FASTEST))

    def _tell(self) -> None:
        self._wait.stop()
        if self.rate != self._told:
            self._told = self.rate
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
