"""Pages with counts that mean something, and the connections by environment; a rail of icons in a narrow window."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from adapters.api import Environment
from dashboard.core.connections import Answer, ConnectionView
from dashboard.core.fleet import FleetSnapshot, Need
from dashboard.core.words import duration
from dashboard.ui.look import Look
from dashboard.ui.places import PageSpec
from dashboard.ui.shell.rows import WIDE, ConnectionButton, Heading, NavButton, short_names
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import clear, label
from dashboard.ui.widgets.marks import Mark

RAIL = 48
RAIL_BELOW = 1400
ANSWER_MARKS: Mapping[Answer, Mark] = {
    Answer.CONNECTING: "pending",
    Answer.ANSWERS: "ok",
    Answer.STALE: "stale",
    Answer.DISCONNECTED: "off",
}


class Sidebar(QWidget):
    """232 px, or a rail of 48. `menu_wanted(connection, where)` on a right click or the menu key."""

    menu_wanted = Signal(object, QPoint)

    def __init__(
        self,
        look: Look,
        pages: Sequence[tuple[PageSpec, str]],
        go: Callable[[PageSpec], None],
        connect: Callable[[], None],
        choose: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._look = look
        self._choose = choose
        self._rail = False
        self._rows: dict[str, ConnectionButton] = {}
        self._lit = ""
        self.setAccessibleName("Pages and connections")
        self._group = QButtonGroup(self)
        self.buttons: dict[str, NavButton] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, look.row(48), 1, 0)
        outer.setSpacing(0)
        nav = QVBoxLayout()
        nav.setContentsMargins(8, 0, 8, 0)
        nav.setSpacing(0)
        for spec, key in pages:
            button = NavButton(look, spec, key)
            button.clicked.connect(lambda _checked=False, spec=spec: go(spec))
            self._group.addButton(button)
            self.buttons[spec.id] = button
            nav.addWidget(button)
        outer.addLayout(nav)
        outer.addSpacing(24)
        self._title = QWidget()
        title = QHBoxLayout(self._title)
        title.setContentsMargins(16, 0, 8, 4)
        self._words = label("Connections", "second", "third")
        title.addWidget(self._words)
        title.addStretch(1)
        title.addWidget(Button(look, "", "icon", "plus", name="Connect… (Ctrl+N)", run=connect))
        outer.addWidget(self._title)
        self._none = label(
            "None yet. Connections you add are listed here, by environment.", "second", "third", wrap=True
        )
        self._none.setContentsMargins(16, 0, 16, 0)
        outer.addWidget(self._none)
        self._list = QVBoxLayout()
        outer.addWidget(self._scrolled(), 1)
        self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._foot.setContentsMargins(8, 8, 8, 8)
        self._foot.setSpacing(4)
        foot = QHBoxLayout()
        foot.addLayout(self._foot)
        foot.addStretch(1)
        outer.addLayout(foot)
        self.set_rail(rail=False)
        look.changed.connect(self.update)

    def _scrolled(self) -> QScrollArea:
        self._list.setSpacing(0)
        self._list.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        holder.setProperty("ground", "none")
        holder.setLayout(self._list)
        scroll = QScrollArea()
        scroll.setProperty("ground", "none")
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(holder)
        return scroll

    def set_rail(self, *, rail: bool) -> None:
        """Wide or a rail."""
        self._rail = rail
        self.setFixedWidth(RAIL if rail else WIDE)
        self._words.setVisible(not rail)
        ways = QBoxLayout.Direction
        self._foot.setDirection(ways.TopToBottom if rail else ways.LeftToRight)
        self._none.setVisible(not rail and not self._rows)
        for button in self.buttons.values():
            button.rail = rail
        for row in self._rows.values():
            row.rail = rail
        for heading in self.findChildren(QWidget, "environment"):
            heading.setVisible(not rail)
        self.update()

    def add_foot(self, button: QWidget) -> None:
        """An act of the window, at the lower end."""
        self._foot.addWidget(button)

    def light_up(self, page: str, connection: str = "") -> None:
        """Marks the present page, and the connection that it is narrowed to."""
        if page in self.buttons:
            self.buttons[page].setChecked(True)
        self._lit = connection
        for name, row in self._rows.items():
            row.setChecked(name == connection)

    def show_fleet(self, snapshot: FleetSnapshot) -> None:
        """The connections as they are; the widgets are made anew only when the list itself changes."""
        wanted = [(view.connection.name, view.connection.environment) for view in snapshot.connections]
        known = [(name, row.view.connection.environment) for name, row in self._rows.items()]
        marks = connection_marks(snapshot)
        if sorted(wanted, key=str) != sorted(known, key=str):
            self._rebuild(snapshot.connections, marks, snapshot.at)
        shorts = short_names(self._rows)
        for view in snapshot.connections:
            name = view.connection.name
            self._rows[name].short = shorts[name]
            self._rows[name].update_view(view, marks[name], connection_tag(view, snapshot.at))

    def _rebuild(self, views: Iterable[ConnectionView], marks: dict[str, Mark], now: datetime) -> None:
        clear(self._list)
        self._rows = {}
        for environment in Environment:
            group = [view for view in views if view.connection.environment is environment]
            if not group:
                continue
            heading = Heading(self._look, environment)
            self._list.addWidget(heading)
            for view in group:
                name = view.connection.name
                row = ConnectionButton(self._look, view, marks[name], connection_tag(view, now))
                row.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
                row.customContextMenuRequested.connect(lambda at, row=row: self._menu(row, at))
                row.clicked.connect(lambda _checked=False, name=name: self._clicked(name))
                row.setChecked(name == self._lit)
                self._rows[name] = row
                self._list.addWidget(row)
            gap = QWidget()
            gap.setFixedHeight(10)
            self._list.addWidget(gap)
        self._list.addStretch(1)
        self.set_rail(rail=self._rail)

    def _clicked(self, name: str) -> None:
        # The click has toggled the button, but only the place shown says which is lit.
        self.light_up("", self._lit)
        self._choose(name)

    def _menu(self, row: ConnectionButton, at: QPoint) -> None:
        self.menu_wanted.emit(row.view.connection, row.mapToGlobal(at))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, edge, the product's mark and name."""
        del event
        painter = QPainter(self)
        tokens = self._look.tokens
        painter.fillRect(self.rect(), QColor(tokens.sidebar))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), QColor(tokens.line))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_logo(painter, QRectF(16, self._look.row(48) / 2 - 8, 17, 16), tokens.text)
        if not self._rail:
            painter.setFont(self._look.fonts.get("title"))
            painter.setPen(QColor(tokens.text))
            box = QRectF(44, 0, self.width() - 44, self._look.row(48))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), "Redrive")


def connection_marks(snapshot: FleetSnapshot) -> dict[str, Mark]:
    """A mark for each connection: whether it answers, else the worst inside it."""
    marks = {view.connection.name: ANSWER_MARKS[view.answer] for view in snapshot.connections}
    for row in snapshot.rows:
        if row.need is Need.ATTENTION and marks.get(row.key.connection) == "ok":
            marks[row.key.connection] = "warn"
    return marks


def connection_tag(view: ConnectionView, now: datetime) -> str:
    """Empty unless the connection is stale ("4 min") or off ("since 09:41")."""
    if view.answer is Answer.STALE:
        return duration((now - view.since).total_seconds() // 60 * 60 or (now - view.since).total_seconds())
    if view.answer is Answer.DISCONNECTED:
        return f"since {view.since.astimezone():%H:%M}"
    return ""


def paint_logo(painter: QPainter, box: QRectF, color: str) -> None:
    """The product's mark: two lines of a queue, the third turns back."""
    pen = QPen(QColor(color), 1.7)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.save()
    painter.setPen(pen)
    painter.translate(box.topLeft())
    painter.drawLine(0, 3, 14, 3)
    painter.drawLine(0, 8, 9, 8)
    painter.drawArc(QRectF(8, 8, 8, 6), 90 * 16, -180 * 16)
    painter.drawLine(9, 8, 12, 8)
    painter.drawLine(12, 14, 6, 14)
    painter.drawLine(6, 14, 9, 11)
    painter.drawLine(6, 14, 9, 17)
    painter.restore()
