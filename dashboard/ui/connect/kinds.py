"""The kinds of connection at the left of the overlay."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QVBoxLayout, QWidget

from adapters.api import AdapterInfo
from dashboard.ui.look import Look
from dashboard.ui.widgets.labels import label


class KindButton(QAbstractButton):
    """One kind: its icon and title."""

    def __init__(self, look: Look, info: AdapterInfo) -> None:
        super().__init__()
        self._look = look
        self.info = info
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(look.row(36))
        self.setAccessibleName(info.title)
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws ground, icon and title."""
        del event
        tokens = self._look.tokens
        painter = QPainter(self)
        if self.isChecked():
            painter.fillRect(self.rect(), QColor(tokens.selected))
        elif self.underMouse():
            painter.fillRect(self.rect(), QColor(tokens.hover))
        if self.isChecked() or self.hasFocus():
            painter.setPen(QColor(tokens.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        icon = self._look.icon(self, self.info.icon, tokens.text2)
        painter.drawPixmap(16, (self.height() - 16) // 2, icon)
        painter.setFont(self._look.fonts.get("source"))
        painter.setPen(QColor(tokens.text))
        box = QRectF(44, 0, self.width() - 44, self.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), self.info.title)


class KindList(QWidget):
    """`choose` is called with the kind that a person picks."""

    def __init__(
        self, look: Look, kinds: Sequence[AdapterInfo], choose: Callable[[AdapterInfo], None]
    ) -> None:
        super().__init__()
        self.setFixedWidth(216)
        self.setAccessibleName("Kinds of connection")
        self._group = QButtonGroup(self)
        self._buttons = {info.kind: KindButton(look, info) for info in kinds}
        self._title = label("Kind", "second", "third")
        self._title.setContentsMargins(16, 0, 0, 8)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 16, 0, 16)
        outer.setSpacing(0)
        outer.addWidget(self._title)
        for button in self._buttons.values():
            button.clicked.connect(lambda _checked=False, button=button: choose(button.info))
            self._group.addButton(button)
            outer.addWidget(button)
        note = label("Other kinds come as add-ons.", "second", "third", wrap=True)
        note.setContentsMargins(16, 16, 16, 0)
        outer.addWidget(note)
        outer.addStretch(1)

    def light_up(self, info: AdapterInfo, *, read: bool) -> None:
        """Marks a kind; `read` when the address told it."""
        self._buttons[info.kind].setChecked(True)
        self._title.setText("Kind, read from the address" if read else "Kind")
