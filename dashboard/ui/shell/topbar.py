"""The bar over each page: title or crumbs, the one search box, the page's acts."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from dashboard.ui.look import Look
from dashboard.ui.places import Place
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import Elided, clear, label

if TYPE_CHECKING:
    from dashboard.ui.bench import Bench

HEIGHT = 48
SEARCH_X = 440
SEARCH_WIDTH = 320


class SearchBox(QWidget):
    """Looks like a field and opens the palette; typing into it begins the palette's text."""

    def __init__(self, bench: "Bench") -> None:
        super().__init__()
        self._bench = bench
        self._look: Look = bench.look
        self.setFixedSize(SEARCH_WIDTH, self._look.row(28))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setAccessibleName("Find, paste or run anything")
        self._look.changed.connect(self.update)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Opens the palette."""
        event.accept()
        self._bench.shell.open_palette()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Opens the palette with what was typed."""
        if event.text().isprintable() and event.text().strip():
            self._bench.shell.open_palette(event.text())
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._bench.shell.open_palette()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Repaints for the pointer."""
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Repaints for the pointer."""
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws field, glass, words and key caps."""
        del event
        tokens = self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = self.hasFocus()
        painter.setPen(QPen(QColor(tokens.accent if focus else tokens.control), 2 if focus else 1))
        painter.setBrush(QColor(tokens.hover if self.underMouse() else tokens.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.drawPixmap(9, (self.height() - 14) // 2, self._look.icon(self, "search", tokens.text3, 14))
        painter.setPen(QColor(tokens.text3))
        painter.setFont(self._look.fonts.get("table"))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(31, 0, 200, self.height()), middle, "Find, paste or run anything")
        right = float(self.width() - 8)
        for cap, width in (("K", 18.0), ("Ctrl", 30.0)):
            box = QRectF(right - width + 0.5, (self.height() - 17) / 2, width - 1, 17)
            painter.setPen(QColor(tokens.line2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(QColor(tokens.text2))
            painter.setFont(self._look.fonts.get("small"))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), cap)
            right -= width + 4


class TopBar(QFrame):
    """48 px. `add_left` stands beside the title, `add_act` at the right."""

    def __init__(self, bench: "Bench", title: str) -> None:
        super().__init__()
        self._bench = bench
        self.setProperty("ground", "sidebar")
        self.setFixedHeight(bench.look.row(HEIGHT))
        self._crumbs = QHBoxLayout()
        self._crumbs.setSpacing(6)
        self._left = QHBoxLayout()
        self._left.setSpacing(8)
        self._acts = QHBoxLayout()
        self._acts.setSpacing(8)
        self._side = QWidget()
        side = QHBoxLayout(self._side)
        side.setContentsMargins(16, 0, 16, 0)
        side.setSpacing(16)
        side.addLayout(self._crumbs)
        side.addLayout(self._left)
        side.addStretch(1)
        self._title = Elided(title, "title")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 16, 0)
        row.setSpacing(16)
        row.addWidget(self._side)
        self.search = SearchBox(bench)
        row.addWidget(self.search)
        row.addStretch(1)
        row.addLayout(self._acts)
        self.set_crumbs((), title)

    def set_crumbs(self, way: Sequence[tuple[str, Place]], title: str) -> None:
        """The pages above, each a link, and this one's title."""
        clear(self._crumbs)
        for text, place in way:
            link = Button(self._bench.look, text, "link", run=partial(self._bench.shell.go, place))
            # A name may hold an ampersand, which a button takes for the mark of a key.
            link.setText(text.replace("&", "&&"))
            self._crumbs.addWidget(link)
            self._crumbs.addWidget(label("/", "body", "third"))
        self._title = Elided(title, "title")
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._crumbs.addWidget(self._title, 1)

    def add_left(self, widget: QWidget) -> None:
        """A choice of the page, beside the title."""
        self._left.addWidget(widget)

    def add_act(self, widget: QWidget) -> None:
        """An act of the page, at the right."""
        self._acts.addWidget(widget)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the search box where it is on every page."""
        acts = self._acts.sizeHint().width()
        room = self.width() - acts - SEARCH_WIDTH - 64
        self._side.setFixedWidth(max(min(SEARCH_X - 16, room), 160))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and lower hairline."""
        del event
        painter = QPainter(self)
        tokens = self._bench.look.tokens
        painter.fillRect(self.rect(), QColor(tokens.sidebar))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens.line))

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(1208, HEIGHT)
