"""One frame clock for all that is drawn live: only what is visible and changed is drawn, and nothing ticks at rest."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

FRAME_MS = 66
"""About fifteen frames a second."""


class Ticker(QObject):
    """Registry of drawers. A hidden widget keeps its mark and is drawn at the first tick after it is shown."""

    paused_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drawers: dict[QWidget, Callable[[], None]] = {}
        self._dirty: dict[QWidget, None] = {}
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self._tick)
        self.paused = False

    def register(self, widget: QWidget, draw: Callable[[], None]) -> None:
        """`draw` is called once a frame after `mark(widget)`; ends with the widget."""
        self._drawers[widget] = draw
        widget.installEventFilter(self)
        widget.destroyed.connect(lambda: self._forget(widget))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Goes on when a widget that missed its frames is shown."""
        if event.type() == QEvent.Type.Show and self._dirty and not self._timer.isActive():
            self._timer.start()
        return super().eventFilter(watched, event)

    def mark(self, widget: QWidget) -> None:
        """Says that a registered widget shows something old."""
        self._dirty[widget] = None
        if not self._timer.isActive():
            self._timer.start()

    def pause(self, paused: bool) -> None:  # noqa: FBT001
        """Freezes what is drawn; what changed meanwhile is drawn when it goes on."""
        self.paused = paused
        self.paused_changed.emit(paused)
        if not paused and self._dirty:
            self._timer.start()

    def _forget(self, widget: QWidget) -> None:
        self._drawers.pop(widget, None)
        self._dirty.pop(widget, None)

    @Slot()
    def _tick(self) -> None:
        due = [] if self.paused else [widget for widget in self._dirty if widget.isVisible()]
        if not due:
            self._timer.stop()
            return
        for widget in due:
            del self._dirty[widget]
            self._drawers[widget]()
