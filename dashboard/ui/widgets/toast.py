"""One sentence at the lower right with at most one act; it stays six seconds, longer under pointer or focus."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QWidget

from dashboard.ui.look import Look
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import label
from dashboard.ui.widgets.marks import HealthMark, Mark

STAYS_MS = 6000
WIDTH = 320
_MARKS: dict[str, Mark] = {"ok": "ok", "warn": "warn", "danger": "danger"}


class Toast(QFrame):
    """Made for one sentence; removes itself. `floor()` is the height in pixels of the window that it stands on."""

    def __init__(
        self,
        look: Look,
        window: QWidget,
        text: str,
        tone: str,
        act: str,
        run: Callable[[], None] | None,
        floor: Callable[[], int],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._floor = floor
        self.setProperty("role", "toast")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        mark = HealthMark(look)
        mark.show_mark(_MARKS.get(tone, "none"))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignVCenter)
        mark.setVisible(tone in _MARKS)
        row.addWidget(label(text, "body", wrap=True), 1)
        if act and run is not None:
            row.addWidget(Button(look, act, "link", run=lambda: self._act(run)))
        self._timer = QTimer(self, singleShot=True, interval=STAYS_MS)
        self._timer.timeout.connect(self._expire)
        window.installEventFilter(self)

    def open(self) -> None:
        """Shows it."""
        self.show()
        # Its height is right only once its words have their font.
        self._place()
        self.raise_()
        self._timer.start()

    def end(self) -> None:
        """Goes away at once."""
        self._timer.stop()
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays at the corner of the window."""
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.resize(WIDTH, self.heightForWidth(WIDTH))
        self.move(self._window.width() - self.width() - 16, self._floor() - self.height() - 8)

    def _act(self, run: Callable[[], None]) -> None:
        run()
        self.end()

    def _expire(self) -> None:
        focus = QApplication.focusWidget()
        if self.underMouse() or (isinstance(focus, QWidget) and self.isAncestorOf(focus)):
            self._timer.start()
        else:
            self.end()
