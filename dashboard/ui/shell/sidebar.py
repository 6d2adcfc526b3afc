"""Pages with counts that mean something, and the connections by environment; a rail of icons in a narrow window."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from adapters.api import Environment
from dashboard.core.connections import Answer, ConnectionView
from dashboard.core.fleet import FleetSnapshot, Need
from dashboard.core.text import one_line
from dashboard.core.words import duration
from dashboard.ui.look import Look
from dashboard.ui.places import PageSpec
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import clear, label, plain_tip
from dashboard.ui.widgets.marks import Mark, mark_color, paint_mark

WIDE = 232
RAIL = 48
RAIL_BELOW = 1400
ANSWER_MARKS: Mapping[Answer, Mark] = {
    Answer.CONNECTING: "pending",
    Answer.ANSWERS: "ok",
    Answer.STALE: "stale",
    Answer.DISCONNECTED: "off",
}


@dataclass(frozen=True, slots=True)
class Count:
    """What stands behind a page's name: "2 new"; `tone` colours it."""

    text: str = ""
    tone: str = ""


class NavButton(QAbstractButton):
    """A page of the sidebar."""

    def __init__(self, look: Look, spec: PageSpec, key: str) -> None:
        super().__init__()
        self._look = look
        self.spec = spec
        self._count = Count()
        self.rail = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(spec.title)
        self.setToolTip(f"{spec.title}  {key}")
        self.setFixedHeight(look.row(30))
        look.changed.connect(self.update)

    def show_count(self, count: Count) -> None:
        """Changes what stands behind the name."""
        if count != self._count:
            self._count = count
            self.setAccessibleName(f"{self.spec.title} {count.text}".strip())
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws ground, icon, name and count."""
        del event
        tokens = self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = tokens.nav_on if self.isChecked() else tokens.hover if self.underMouse() else ""
        _ground(painter, self, ground, tokens.accent)
        color = tokens.accent if self.isChecked() else tokens.text2
        left = (self.width() - 16) // 2 if self.rail else 8
        painter.drawPixmap(left, (self.height() - 16) // 2, self._look.icon(self, self.spec.icon, color))
        if self.rail:
            if self._count.text:
                dot = getattr(tokens, self._count.tone or "accent")
                painter.setBrush(QColor(dot))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(QRectF(left + 13, 4, 6, 6))
            return
        painter.setFont(self._look.fonts.get("body"))
        painter.setPen(QColor(tokens.text if self.isChecked() else tokens.text2))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(34, 0, self.width() - 34, self.height()), middle, self.spec.title)
        painter.setFont(self._look.fonts.get("table"))
        quiet = tokens.text2 if self.isChecked() else tokens.text3
        painter.setPen(QColor(getattr(tokens, self._count.tone) if self._count.tone else quiet))
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(QRectF(0, 0, self.width() - 8, self.height()), right, self._count.text)


class ConnectionButton(QAbstractButton):
    """A connection: the strip of its environment, its mark, its name, and a tag when it is stale or off."""

    def __init__(self, look: Look, view: ConnectionView, mark: Mark, tag: str) -> None:
        super().__init__()
        self._look = look
        self.view = view
        self._mark: Mark = mark
        self._tag = tag
        self.rail = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(look.row(28))
        look.changed.connect(self.update)
        self.update_view(view, mark, tag)

    def update_view(self, view: ConnectionView, mark: Mark, tag: str) -> None:
        """Shows it as it is now."""
        self.view, self._mark, self._tag = view, mark, tag
        name = one_line(view.connection.name, 80)
        lock = ", read-only" if view.connection.read_only else ""
        trouble = f". {view.trouble} {view.hint}".rstrip() if view.trouble else ""
        self.setAccessibleName(f"{name}, {view.connection.environment.value}, {view.answer.value}{lock}")
        self.setToolTip(plain_tip(one_line(f"{name}: {view.answer.value}{lock}{trouble}", 400)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws one line."""
        del event
        tokens = self._look.tokens
        painter = QPainter(self)
        color, _ = self._look.environment(self.view.connection.environment)
        painter.fillRect(0, 0, 3, self.height(), QColor(color))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _ground(painter, self, tokens.hover if self.underMouse() else "", tokens.accent, left=4)
        if self.rail:
            paint_mark(painter, QRectF(3, 0, self.width() - 3, self.height()), self._mark, tokens)
            return
        paint_mark(painter, QRectF(14, 0, 16, self.height()), self._mark, tokens)
        right = self.width() - 16
        painter.setFont(self._look.fonts.get("table"))
        if self._tag:
            painter.setPen(QColor(tokens.warn if self._mark == "stale" else tokens.text3))
            side = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
            painter.drawText(QRectF(0, 0, right, self.height()), side, self._tag)
            right -= painter.fontMetrics().horizontalAdvance(self._tag) + 8
        elif self.view.connection.read_only:
            painter.drawPixmap(
                right - 14, (self.height() - 13) // 2, self._look.icon(self, "lock", tokens.text3, 13)
            )
            right -= 22
        painter.setFont(self._look.fonts.get("body"))
        quiet = self._mark in {"stale", "off", "unknown"}
        painter.setPen(QColor(tokens.text3 if quiet else tokens.text))
        room = right - 36
        name = painter.fontMetrics().elidedText(
            one_line(self.view.connection.name, 80), Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(QRectF(36, 0, room, self.height()), int(Qt.AlignmentFlag.AlignVCenter), name)


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
        outer.addWidget(scroll, 1)
        self._scroll = scroll
        self.set_rail(rail=False)
        look.changed.connect(self.update)

    def set_rail(self, *, rail: bool) -> None:
        """Wide or a rail."""
        self._rail = rail
        self.setFixedWidth(RAIL if rail else WIDE)
        self._words.setVisible(not rail)
        self._none.setVisible(not rail and not self._rows)
        for button in self.buttons.values():
            button.rail = rail
        for row in self._rows.values():
            row.rail = rail
        for heading in self.findChildren(QWidget, "environment"):
            heading.setVisible(not rail)
        self.update()

    def light_up(self, page: str) -> None:
        """Marks the present page."""
        if page in self.buttons:
            self.buttons[page].setChecked(True)

    def show_fleet(self, snapshot: FleetSnapshot) -> None:
        """The connections as they are; the widgets are made anew only when the list itself changes."""
        wanted = [(view.connection.name, view.connection.environment) for view in snapshot.connections]
        known = [(name, row.view.connection.environment) for name, row in self._rows.items()]
        marks = connection_marks(snapshot)
        if sorted(wanted, key=str) != sorted(known, key=str):
            self._rebuild(snapshot.connections, marks, snapshot.at)
        for view in snapshot.connections:
            name = view.connection.name
            self._rows[name].update_view(view, marks[name], connection_tag(view, snapshot.at))

    def _rebuild(self, views: Iterable[ConnectionView], marks: dict[str, Mark], now: datetime) -> None:
        clear(self._list)
        self._rows = {}
        for environment in Environment:
            group = [view for view in views if view.connection.environment is environment]
            if not group:
                continue
            heading = _Heading(self._look, environment)
            self._list.addWidget(heading)
            for view in group:
                name = view.connection.name
                row = ConnectionButton(self._look, view, marks[name], connection_tag(view, now))
                row.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
                row.customContextMenuRequested.connect(lambda at, row=row: self._menu(row, at))
                row.clicked.connect(lambda _checked=False, name=name: self._choose(name))
                self._rows[name] = row
                self._list.addWidget(row)
            gap = QWidget()
            gap.setFixedHeight(10)
            self._list.addWidget(gap)
        self._list.addStretch(1)
        self.set_rail(rail=self._rail)

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


class _Heading(QWidget):
    """The name of an environment over its connections, with its strip."""

    def __init__(self, look: Look, environment: Environment) -> None:
        super().__init__()
        self._look = look
        self._environment = environment
        self.setObjectName("environment")
        self.setFixedHeight(look.row(22))
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """One small line."""
        return QSize(WIDE, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws strip and word."""
        del event
        painter = QPainter(self)
        color, _ = self._look.environment(self._environment)
        painter.fillRect(0, 0, 3, self.height(), QColor(color))
        painter.setFont(self._look.fonts.get("table"))
        painter.setPen(QColor(color))
        box = QRectF(16, 0, self.width() - 16, self.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), self._environment.value.title())


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


def _ground(painter: QPainter, button: QAbstractButton, color: str, ring: str, left: int = 0) -> None:
    box = QRectF(button.rect()).adjusted(left + 0.5, 0.5, -0.5, -0.5)
    if color:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(box, 4, 4)
    if button.hasFocus():
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(ring), 2))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


__all__ = ["Count", "NavButton", "Sidebar", "connection_marks", "connection_tag", "mark_color", "paint_logo"]
