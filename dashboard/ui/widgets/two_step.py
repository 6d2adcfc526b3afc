"""A button that asks before it acts, in its own place: no dialog, and the second press is on another button."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dashboard.ui.look import Look
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import label


class TwoStep(QWidget):
    """`question()` is asked when the button is pressed; an empty one acts at once. Esc or "Leave it" goes back."""

    def __init__(
        self,
        look: Look,
        first: Button,
        final: str,
        question: Callable[[], str],
        run: Callable[[], None],
        *,
        tone: str = "danger",
        leave: str = "Leave it",
    ) -> None:
        super().__init__()
        self.first = first
        self._question = question
        self._run = run
        self._words = label("", "second")
        self.final = Button(look, final, tone, run=self._act)
        self.leave = Button(look, leave, "ghost", run=self.back)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self._words, self.leave, self.final, self.first):
            row.addWidget(widget)
        first.clicked.connect(self.ask)
        self._show(asking=False)

    @property
    def asking(self) -> bool:
        """Whether the question stands."""
        return not self.first.isVisibleTo(self)

    def ask(self) -> None:
        """Asks, or acts where there is nothing to ask."""
        if not self.first.isEnabled():
            return
        words = self._question()
        if not words:
            self._run()
            return
        self._words.setText(words)
        self.setAccessibleName(words)
        self._show(asking=True)
        # The safe answer has the focus: a second Enter from habit changes nothing.
        self.leave.setFocus(Qt.FocusReason.OtherFocusReason)

    def back(self) -> None:
        """Asks no more."""
        had = self.leave.hasFocus() or self.final.hasFocus()
        self._show(asking=False)
        if had:
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back."""
        if event.key() == Qt.Key.Key_Escape and self.asking:
            self.back()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _act(self) -> None:
        self.back()
        self._run()

    def _show(self, *, asking: bool) -> None:
        self.first.setVisible(not asking)
        for widget in (self._words, self.leave, self.final):
            widget.setVisible(asking)
