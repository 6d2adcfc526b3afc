"""Buttons by tone, tinted icons that follow the theme, key caps and segmented choices."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from dashboard.ui.actions import key_words
from dashboard.ui.look import Look
from dashboard.ui.widgets.labels import label, plain_tip


class Button(QPushButton):
    """A push button. Tones: "" normal, "primary", "danger", "danger-final", "ghost", "link", "icon"."""

    def __init__(
        self,
        look: Look,
        text: str = "",
        tone: str = "",
        icon: str = "",
        *,
        name: str = "",
        run: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(text)
        self._look = look
        self._icon = icon
        self._named = bool(name)
        if tone:
            self.setProperty("tone", tone)
        self.setAccessibleName(name or text)
        if name:
            self.setToolTip(plain_tip(name))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        if icon:
            self.setIconSize(QSize(16, 16))
            look.changed.connect(self._tint)
            self._tint()
        if run is not None:
            # The signal brings a flag, which must not become the first argument of an act that may take one.
            self.clicked.connect(lambda _checked: run())

    def setText(self, text: str) -> None:
        """Shows other words ("&&" for an ampersand); they are its name too where it has no name of its own."""
        super().setText(text)
        if not self._named:
            self.setAccessibleName(text.replace("&&", "&"))

    def allow(self, why_not: str) -> None:
        """Enables it while the reason is empty; otherwise the tooltip says the reason."""
        self.setEnabled(not why_not)
        self.setToolTip(plain_tip(why_not))
        self.setAccessibleDescription(why_not)

    def _tint(self) -> None:
        tokens = self._look.tokens
        colors = {
            "primary": tokens.on_fill,
            "danger": tokens.danger,
            "danger-final": tokens.on_fill,
            "link": tokens.accent,
        }
        color = colors.get(self.property("tone") or "", tokens.text2)
        self.setIcon(self._look.icons.icon(self._icon, color, tokens.text3, self.devicePixelRatioF()))


def caps(key: str) -> QWidget:
    """The caps of one key, side by side."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for word in key_words(key):
        cap: QLabel = label(word, "key")
        cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        cap.setMinimumWidth(18)
        cap.setFixedHeight(18)
        row.addWidget(cap, 0, Qt.AlignmentFlag.AlignVCenter)
    return box


def hint(key: str, text: str) -> QWidget:
    """A key and what it does, in small letters."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(caps(key))
    row.addWidget(label(text, "second", "third"))
    return box


class _Segment(QPushButton):
    """One choice. Qt takes all choices of a group out of the way of Tab while none is made; `lead` puts one back."""

    def __init__(self, text: str, lead: Callable[[], None]) -> None:
        super().__init__(text)
        self._lead = lead
        self.setProperty("tone", "segment")
        self.setCheckable(True)
        self.setAutoDefault(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt changes the ways of Tab here."""
        super().focusInEvent(event)
        self._lead()


class Segments(QWidget):
    """One of a few choices, side by side. `chosen(value)` is told on a change by a person."""

    chosen = Signal(object)

    def __init__(self, choices: Sequence[tuple[object, str]], name: str, *, empty: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._values = [value for value, _ in choices]
        for number, (_, text) in enumerate(choices):
            button = _Segment(text, self._lead)
            button.setAccessibleName(f"{name}: {text}")
            self._group.addButton(button, number)
            row.addWidget(button, 1)
        if not empty:
            self._group.button(0).setChecked(True)
        self._lead()
        self._group.idToggled.connect(lambda _number, _checked: self._lead())
        self._group.idClicked.connect(lambda number: self.chosen.emit(self._values[number]))

    def _lead(self) -> None:
        """Tab leads to what is chosen, to the first while nothing is; arrows go on from there."""
        to = self._group.button(max(self._group.checkedId(), 0))
        for button in self._group.buttons():
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if button is to else Qt.FocusPolicy.ClickFocus)

    def value(self) -> object | None:
        """What is chosen; None while nothing is."""
        number = self._group.checkedId()
        return self._values[number] if number >= 0 else None

    def choose(self, value: object) -> None:
        """Chooses without telling."""
        self._group.button(self._values.index(value)).setChecked(True)

    def button(self, value: object) -> QPushButton:
        """The button of a choice."""
        button = self._group.button(self._values.index(value))
        assert isinstance(button, QPushButton)
        return button


class CheckBox(QCheckBox):
    """A tick box whose tick is drawn here: the style sheet could only take it from a file, in one colour."""

    def __init__(self, look: Look, text: str, *, checked: bool = False) -> None:
        super().__init__(text)
        self._look = look
        self.setChecked(checked)
        self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box of the style, and the tick over it."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        size = 12
        tick = self._look.icon(self, "check", self._look.tokens.on_fill, size)
        at = box.center() - QPoint(size // 2 - 1, size // 2 - 1)
        painter = QPainter(self)
        painter.drawPixmap(at, tick)
