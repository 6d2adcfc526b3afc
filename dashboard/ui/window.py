"""The window: sidebar, pages with their history, status bar, and what lies over them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import cast

from PySide6.QtCore import QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLayoutItem,
    QLineEdit,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from adapters.api import AdapterInfo
from dashboard.bridge.bridge import Bridge
from dashboard.bridge.commands import Commands
from dashboard.bridge.ticker import Ticker
from dashboard.core.connections import Connection
from dashboard.core.demo import DemoControl
from dashboard.core.fleet import FleetRow, FleetSnapshot
from dashboard.core.letters import SourceKey
from dashboard.core.runs import RunView
from dashboard.ui.action_table import ACTIONS
from dashboard.ui.actions import Actions
from dashboard.ui.bench import Bench
from dashboard.ui.look import Look
from dashboard.ui.page import Page
from dashboard.ui.pages import PAGES
from dashboard.ui.places import History, PageSpec, Place
from dashboard.ui.redrives.words import runs_in_short
from dashboard.ui.shell.finder import Hit, Ways, find
from dashboard.ui.shell.focus import FocusKeeper
from dashboard.ui.shell.keymap import KeyMap
from dashboard.ui.shell.palette import Palette
from dashboard.ui.shell.rows import Count
from dashboard.ui.shell.sidebar import RAIL_BELOW, Sidebar
from dashboard.ui.shell.statusbar import StatusBar
from dashboard.ui.widgets.ask import Ask
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.overlay import Overlay
from dashboard.ui.widgets.toast import Toast

FOOT = 52
"""Height of the bar with a page's acts at its foot."""
SIZE = QSize(1440, 900)
FRAME = 40
"""Height left for the title bar, which is not known before the window is shown."""
PAGE_KEYS = {spec.id.removeprefix("page."): spec.keys[0] for spec in ACTIONS if spec.id.startswith("page.")}


@dataclass(frozen=True, slots=True)
class Outside:
    """What the window cannot do itself: `start_demo` runs it in a program of its own; None where it is not offered."""

    kinds: Sequence[AdapterInfo]
    now: Callable[[], datetime]
    start_demo: Callable[[], None] | None = None


def fitting(screen: QSize) -> QSize:
    """The size to open with on a screen with so much free room: all of it must be reachable."""
    return SIZE.boundedTo(screen - QSize(0, FRAME))


class Window(QMainWindow):
    """`closing` is told when the person closes it; the application ends what must be ended, then quits."""

    closing = Signal()

    def __init__(self, look: Look, bridge: Bridge, commands: Commands, outside: Outside) -> None:
        super().__init__()
        self._look = look
        self._outside = outside
        self.setWindowTitle("Redrive")
        self.setMinimumSize(1024, 680)
        self.resize(fitting(self.screen().availableGeometry().size()))
        self.actions_table = Actions(ACTIONS, self)
        self.actions_table.blocked = lambda: self._top_overlay() is not None
        self.actions_table.refused.connect(lambda text: self.toast(text, tone="warn"))
        ticker = Ticker(self)
        self.bench = Bench(look, bridge, commands, ticker, self.actions_table, self, outside.now)
        self._history = History()
        self._pages: dict[str, Page] = {}
        self._overlays: list[Overlay] = []
        self._toast: Toast | None = None
        self._active: list[RunView] = []
        self._sure = False
        self.stack = QStackedWidget()
        listed = [(spec, PAGE_KEYS.get(spec.id, "")) for spec in PAGES if spec.sidebar]
        self.sidebar = Sidebar(look, listed, self._go_to, self.connect_to, self._choose_connection)
        for icon, name, run in (
            ("moon", "Change between dark and light (Ctrl+Shift+L)", self._theme),
            ("keyboard", "Keyboard map (?)", self._keys),
        ):
            self.sidebar.add_foot(Button(look, "", "icon", icon, name=name, run=run))
        self.sidebar.menu_wanted.connect(self._connection_menu)
        self.status = StatusBar(look, outside.now)
        self._lay_out()
        self._bind()
        bridge.subscribe(self, "fleet", self._fleet)
        bridge.subscribe(self, "runs", self._runs)
        self._focus = FocusKeeper(self, self.stack.currentWidget, self._around)
        self.go(Place("watch"))

    def _lay_out(self) -> None:
        centre = QWidget()
        centre.setProperty("ground", "window")
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(self.stack, 1)
        outer = QVBoxLayout(centre)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(row, 1)
        self._strip_place = QVBoxLayout()
        outer.addLayout(self._strip_place)
        outer.addWidget(self.status)
        self.setCentralWidget(centre)

    def _bind(self) -> None:
        bind = self.actions_table.bind
        for page in PAGE_KEYS:
            bind(f"page.{page}", self, partial(self.go, Place(page)))
        bind("palette", self, self.open_palette)
        bind("search", self, self._search, lambda: "" if self._search_field() else "this page has no search")
        bind("pane.next", self, lambda: self._focus.go_round(1))
        bind("pane.previous", self, lambda: self._focus.go_round(-1))
        bind("back", self, self.back, lambda: "" if self._history.can_step(-1) else "nothing before this")
        bind(
            "forward",
            self,
            lambda: self._step(1),
            lambda: "" if self._history.can_step(1) else "nothing after this",
        )
        bind("pause-view", self, self._pause)
        bind("count-again", self, self._count_again)
        bind("connect", self, self.connect_to)
        bind("theme", self, self._theme)
        bind("keys", self, self._keys)
        bind("quit", self, self._quit)

    # What pages ask for

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return cast(Page, self.stack.currentWidget())

    def go(self, place: Place) -> None:
        """Shows a place and remembers the present one."""
        self._history.visit(place)
        self._show(place)

    def back(self) -> None:
        """Shows the place before."""
        self._step(-1)

    def toast(
        self, text: str, *, tone: str = "ok", act: str = "", run: Callable[[], None] | None = None
    ) -> None:
        """Says one sentence at the lower right; a newer one takes its place."""
        if self._toast is not None and isValid(self._toast):
            self._toast.end()
        self._toast = Toast(self._look, self, text, tone, act, run, self._floor)
        self._toast.destroyed.connect(self._toast_gone)
        self._toast.open()

    def _floor(self) -> int:
        # A page's lowest bar holds what a person is about to press: nothing may cover it.
        foot = self.stack.mapTo(self, self.stack.rect().bottomLeft())
        return foot.y() - self._look.row(FOOT)

    def _toast_gone(self, gone: QObject) -> None:
        if self._toast is gone:
            self._toast = None

    def overlay(self, overlay: QWidget) -> None:
        """Lays an overlay over the window; it ends itself."""
        assert isinstance(overlay, Overlay)
        self._overlays.append(overlay)
        overlay.closed.connect(lambda: self._overlays.remove(overlay))
        overlay.open()

    def open_palette(self, text: str = "") -> None:
        """Opens the palette."""
        self.overlay(Palette(self._look, self, self._find, text))

    def connect_to(self, url: str = "") -> None:
        """Opens the Connect overlay."""
        from dashboard.ui.connect.overlay import ConnectOverlay

        self.overlay(ConnectOverlay(self.bench, self, self._outside.kinds, url))

    def change_connection(self, connection: Connection) -> None:
        """Opens the Connect overlay on a connection that is there."""
        from dashboard.ui.connect.overlay import ConnectOverlay

        self.overlay(ConnectOverlay(self.bench, self, self._outside.kinds, existing=connection))

    def forget_connection(self, connection: Connection) -> None:
        """Asks, then forgets a connection."""
        name = connection.name
        ask = Ask(
            self._look,
            self,
            f"Forget {name}?",
            "Its secrets and what was read from it are removed from this computer. Its broker is not touched.",
            (("Forget", "danger", lambda: self._forget(name)), ("Keep it", "", None)),
        )
        self.overlay(ask)

    def _forget(self, name: str) -> None:
        self.bench.commands.ask(
            self,
            lambda desk: desk.forget_connection(name),
            lambda _: self.toast(f"{name} is forgotten."),
            lambda error: self.toast(str(error), tone="danger"),
        )

    def start_demo(self) -> None:
        """Starts the demo in a window of its own."""
        if self._outside.start_demo is not None:
            self._outside.start_demo()

    def show_demo(self, demo: DemoControl) -> None:
        """Shows the strip with the demo's levers."""
        from dashboard.ui.shell.demo_strip import DemoStrip

        self._strip_place.addWidget(DemoStrip(self.bench, demo))

    def show_count(self, page: str, count: Count) -> None:
        """What stands behind a page's name in the sidebar."""
        if page in self.sidebar.buttons:
            self.sidebar.buttons[page].show_count(count)

    # Places

    def _go_to(self, spec: PageSpec) -> None:
        self.go(Place(spec.id))

    def _choose_connection(self, name: str) -> None:
        self.go(Place("watch", name))

    def _connection_menu(self, connection: Connection, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Watch only this").triggered.connect(lambda: self._choose_connection(connection.name))
        menu.addAction("Change…").triggered.connect(lambda: self.change_connection(connection))
        menu.addSeparator()
        menu.addAction("Forget…").triggered.connect(lambda: self.forget_connection(connection))
        menu.popup(where)

    def _step(self, by: int) -> None:
        place = self._history.step(by)
        if place is not None:
            self._show(place)

    def _show(self, place: Place) -> None:
        spec = next(spec for spec in PAGES if spec.id == place.page)
        if place.page not in self._pages:
            made = spec.make(self.bench)
            self._pages[place.page] = made
            self.stack.addWidget(made)
        page = self._pages[place.page]
        before = self.stack.currentWidget()
        if isinstance(before, Page) and before is not page:
            before.leave()
        # Showing a page gives its first widget the focus, which is not where the person was.
        focus = page.last_focus
        self.stack.setCurrentWidget(page)
        page.last_focus = focus
        narrowed = place.what if place.page == "watch" and isinstance(place.what, str) else ""
        self.sidebar.light_up(spec.parent or spec.id, narrowed)
        page.enter(place.what)
        page.restore_focus()

    def _around(self) -> tuple[Sequence[QWidget], Sequence[QWidget]]:
        count = self._strip_place.count()
        # The stubs of PySide6 6.12 say None where those of 6.9 do not.
        items: list[QLayoutItem | None] = [self._strip_place.itemAt(at) for at in range(count)]
        strips: list[QWidget | None] = [item.widget() for item in items if item is not None]
        before = (self.sidebar, self.page.bar.search)
        return before, [strip for strip in strips if strip is not None]

    def _search_field(self) -> QLineEdit | None:
        return self.page.search_field()

    def _search(self) -> None:
        field = self._search_field()
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Acts of the window

    def _find(self, text: str) -> list[Hit]:
        fleet = self.bench.bridge.latest("fleet")
        ways = Ways(
            self.connect_to,
            self._open_row,
            self._choose_connection,
            self.change_connection,
            self._search_in,
            self.actions_table.trigger,
        )
        schemes = [scheme for info in self._outside.kinds for scheme in info.schemes]
        snapshot = fleet if isinstance(fleet, FleetSnapshot) else None
        return find(text, snapshot, schemes, self.actions_table.bound(), ways)

    def _open_row(self, row: FleetRow) -> None:
        self.go(Place("watch", row.key))

    def _search_in(self, row: FleetRow, text: str) -> None:
        self.go(Place("source", SourceKey(row.key.connection, row.key.name)))
        field = self._search_field()
        if field is not None:
            field.setText(text)

    def _pause(self) -> None:
        ticker = self.bench.ticker
        ticker.pause(not ticker.paused)

    def _theme(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            self._look.choose(application, "light" if self._look.tokens.mode == "dark" else "dark")

    def _keys(self) -> None:
        self.overlay(KeyMap(self._look, self, ACTIONS))

    def _count_again(self) -> None:
        self.page.count_again()

    def _quit(self) -> None:
        self.close()

    def _top_overlay(self) -> Overlay | None:
        return self._overlays[-1] if self._overlays else None

    def _fleet(self, value: object) -> None:
        if isinstance(value, FleetSnapshot):
            self.sidebar.show_fleet(value)
            self.status.show_fleet(value)

    def _runs(self, value: object) -> None:
        runs = cast(Sequence[RunView], value)
        self.status.show_runs(runs)
        self._active = [run for run in runs if run.state.active]
        self.show_count("runs", Count(*runs_in_short(runs)))

    # Events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves a page's search."""
        if event.key() != Qt.Key.Key_Escape or not self._focus.leave_search():
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Below 1400 px the sidebar is a rail."""
        self.sidebar.set_rail(rail=self.width() < RAIL_BELOW)
        super().resizeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Lets the application end in order."""
        mine = [run for run in self._active if not self._sure]
        if mine:
            event.ignore()
            self._ask_to_quit(mine)
            return
        event.accept()
        self.closing.emit()

    def _ask_to_quit(self, runs: Sequence[RunView]) -> None:
        names = ", ".join(run.name for run in runs)
        ask = Ask(
            self._look,
            self,
            f"Pause {names} and quit?",
            "What is under way is settled first. Each run can be resumed later, here or by the command line.",
            (("Pause and quit", "danger", self._quit_surely), ("Keep open", "", None)),
        )
        self.overlay(ask)

    def _quit_surely(self) -> None:
        self._sure = True
        self.close()
