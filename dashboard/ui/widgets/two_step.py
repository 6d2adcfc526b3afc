"""A button that asks before it acts: the question opens in a strip of the page, and the second press is elsewhere."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from dashboard.ui.look import Look
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import Elided, line
from dashboard.ui.widgets.marks import HealthMark

HEIGHT = 44


class TwoStep(QFrame):
    """The strip; the page gives it a place, and it is hidden while nothing is asked.

    `question()` is asked when `first` is pressed; an empty one acts at once. Esc, or the button `leave`, goes back.
    """

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
        self.setProperty("ground", "raised")
        self.setFixedHeight(look.row(HEIGHT))
        mark = HealthMark(look)
        mark.show_mark("warn")
        self._words = Elided("", "body")
        self.final = Button(look, final, tone, run=self._act)
        self.leave = Button(look, leave, run=self.back)
        row = QHBoxLayout()
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        row.addWidget(mark)
        row.addWidget(self._words, 1)
        row.addWidget(self.leave)
        row.addWidget(self.final)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(row, 1)
        outer.addWidget(line("line2"))
        first.clicked.connect(self.ask)
        self.hide()

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
        self.show()
        # The safe answer has the focus: a second Enter from habit changes nothing.
        self.leave.setFocus(Qt.FocusReason.OtherFocusReason)

    def back(self) -> None:
        """Asks no more."""
        had = self.leave.hasFocus() or self.final.hasFocus()
        self.hide()
        if had:
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.back()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _act(self) -> None:
        self.back()
        self._run()
