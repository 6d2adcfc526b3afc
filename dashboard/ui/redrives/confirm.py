"""The typed confirmation: framed in the colour of the environment, reached only past warnings that were seen."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from adapters.api import Environment
from dashboard.core.text import one_line
from dashboard.ui.look import Look, repaint
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import label, set_tone

WORDS = {
    Environment.PRODUCTION: "This is production",
    Environment.STAGING: "This is staging",
    Environment.DEVELOPMENT: "Development",
}


class ConfirmBox(QFrame):
    """`confirmed(typed)` when the button is pressed. Enter in the field only goes to the button."""

    confirmed = Signal(str)

    def __init__(self, look: Look, *, tone: str = "primary") -> None:
        super().__init__()
        self._asked: str | None = None
        self._why_not = ""
        self._missed = False
        self._title = label("", "section")
        self._seen = label("", "second", "third")
        self._ask = label("", "second", wrap=True)
        self.field = QLineEdit()
        self.field.setProperty("role", "mono")
        self.field.textChanged.connect(self._typed)
        self.button = Button(look, "", tone, run=self._press)
        self.button.installEventFilter(self)
        self.button.setSizePolicy(self.field.sizePolicy())
        self.field.returnPressed.connect(
            lambda: self.button.setFocus(Qt.FocusReason.TabFocusReason) if self.button.isEnabled() else None
        )
        self._reason = label("", "second", "third", wrap=True)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._seen)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 12)
        outer.setSpacing(8)
        outer.addLayout(top)
        outer.addWidget(self._ask)
        outer.addWidget(self.field)
        outer.addWidget(self._reason)
        outer.addWidget(self.button)

    def ask(self, environment: Environment, typed: str | None, act: str, end: str) -> None:
        """What must be typed (None: nothing), what the button says, and the purpose ("to go on")."""
        set_tone(self._title, environment.value)
        self.setProperty("role", environment.value)
        repaint(self)
        self._title.setText(WORDS[environment])
        if typed != self._asked:
            self._asked = typed
            self.field.clear()
        shown = one_line(typed or "", 80)
        self._ask.setText(f"Type the connection, {shown}, {end}." if typed else "")
        self._ask.setVisible(typed is not None)
        self.field.setVisible(typed is not None)
        self.field.setAccessibleName(f"Type {shown} {end}")
        self.button.setText(act)
        self.button.setAccessibleName(act)
        self._allow()

    def seen(self, shown: int, of: int) -> None:
        """How many warnings were shown."""
        noun = "warning" if of == 1 else "warnings"
        self._seen.setText(f"{shown} of {of} {noun} shown" if of else "no warnings")

    def hold(self, why_not: str) -> None:
        """Keeps the button off for a reason; empty lets the word decide."""
        self._why_not = why_not
        self._allow()

    def clear(self) -> None:
        """Forgets what was typed, and a press that did nothing."""
        self._missed = False
        self.field.clear()
        self._allow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A press on the button while it is off says why nothing was done: Qt would swallow it."""
        if event.type() == QEvent.Type.MouseButtonPress and not self.button.isEnabled():
            self._missed = True
            self._allow()
        return super().eventFilter(watched, event)

    def _typed(self) -> None:
        self._missed = False
        self._allow()

    def _allow(self) -> None:
        wrong = self._asked is not None and self.field.text() != self._asked
        why = self._why_not or (f"type {one_line(self._asked or '', 80)}" if wrong else "")
        # It was pressed, and goes off before it is let go.
        self._missed = self._missed or (bool(why) and self.button.isDown())
        shown = self._why_not
        if self._missed:
            shown = f"Nothing was done: {why or 'the plan was made again. Look at it, then press once more.'}"
        set_tone(self._reason, "warn" if self._missed else "third")
        self._reason.setText(shown)
        self._reason.setVisible(bool(shown))
        self.button.allow(why)

    def _press(self) -> None:
        if self.button.isEnabled():
            self._missed = False
            self._allow()
            self.confirmed.emit(self.field.text() if self._asked is not None else "")
