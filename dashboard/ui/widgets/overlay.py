"""A dim layer over the window with a framed child: Esc closes it, Tab stays inside, focus returns where it was."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from dashboard.ui.look import Look

MARGIN = 24


class Overlay(QWidget):
    """Fills its window. Subclasses put their content into `frame`; `closed` is told once."""

    closed = Signal()

    def __init__(self, look: Look, window: QWidget, *, width: int, height: int = 0, top: int = 0) -> None:
        super().__init__(window)
        self.window_below = window
        self._look = look
        self._wanted = QRect(0, top, width, height)
        self._before = QApplication.focusWidget()
        self.first_focus: QWidget | None = None
        self.frame = QFrame(self)
        self.frame.setProperty("role", "overlay")
        window.installEventFilter(self)
        look.changed.connect(self.update)

    def open(self) -> None:
        """Shows it above everything."""
        self._place()
        self.show()
        self.raise_()
        if self.first_focus is not None:
            self.first_focus.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_overlay(self) -> None:
        """Ends it and gives the focus back."""
        self.closed.emit()
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the size of the window."""
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; no other key reaches what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_overlay()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the frame closes."""
        if not self.frame.geometry().contains(event.position().toPoint()):
            self.close_overlay()
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001
        """Keeps Tab inside the frame."""
        chain = [
            widget
            for widget in self.frame.findChildren(QWidget)
            if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        if not chain:
            return True
        now = QApplication.focusWidget()
        place = chain.index(now) if now in chain else -1 if forward else 0
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        chain[(place + (1 if forward else -1)) % len(chain)].setFocus(reason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the dim."""
        del event
        QPainter(self).fillRect(self.rect(), QColor(self._look.tokens.dim))

    def _place(self) -> None:
        room = self.window_below.rect()
        self.setGeometry(room)
        width = min(self._wanted.width(), room.width() - 2 * MARGIN)
        height = self._wanted.height() or self.frame.sizeHint().height()
        height = min(height, room.height() - 2 * MARGIN)
        top = self._wanted.top() or (room.height() - height) // 2
        self.frame.setGeometry(
            (room.width() - width) // 2, min(top, room.height() - height - 8), width, height
        )
