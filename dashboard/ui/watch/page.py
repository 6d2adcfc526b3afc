"""Watch: the sentence, the fleet in three sections, the charts of the chosen source; the first run when there is none."""

from collections.abc import Sequence
from time import monotonic

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from dashboard.core.fleet import FleetRow, FleetSnapshot, Need, ResourceKey
from dashboard.core.letters import SourceKey
from dashboard.core.words import plural
from dashboard.ui.bench import Bench
from dashboard.ui.page import Page
from dashboard.ui.places import Place
from dashboard.ui.tables.table import Table
from dashboard.ui.watch import words
from dashboard.ui.watch.arrange import Places, Silent, arrange, dead_letters_of, line_key
from dashboard.ui.watch.cells import FleetCells
from dashboard.ui.watch.detail import SPANS, Detail
from dashboard.ui.watch.first_run import FirstRun
from dashboard.ui.watch.model import FleetModel
from dashboard.ui.watch.widths import NARROW_BELOW, widths
from dashboard.ui.widgets.buttons import Button, Segments
from dashboard.ui.widgets.headline import Fact, Headline
from dashboard.ui.widgets.labels import line


class WatchPage(Page):
    """The fleet is drawn by the frame clock, at most once a frame."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Watch")
        self._snapshot: FleetSnapshot | None = None
        self._only = ""
        self._key: ResourceKey | None = None
        self._by_hand = False
        self._finding = False
        self._places = Places()
        self.headline = Headline(bench.look)
        self.headline.say("Looking…", "The first reading is under way.")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Filter sources")
        self.field.setAccessibleName("Filter sources by name")
        self.field.setClearButtonEnabled(True)
        self.field.setFixedWidth(180)
        self.field.textChanged.connect(self.draw)
        self.bar.add_left(self.field)
        self.model = FleetModel(bench.now, self)
        self.table = Table(bench.look, "Sources in the order of need")
        self.cells = FleetCells(bench.look, self.table, bench.now)
        self.table.setItemDelegate(self.cells)
        self.table.setModel(self.model)
        self.table.moved.connect(self._moved)
        self.table.opened.connect(self._open)
        bench.actions.bind("watch.dead", self.table, self._dead_letters, self._no_dead_letters)
        self.detail = Detail(bench)
        self.first = FirstRun(bench)
        self._lay_out()
        bench.ticker.register(self, self.draw)
        bench.bridge.subscribe(self, "fleet", self._take)

    def _lay_out(self) -> None:
        spans = Segments(SPANS, "Time shown")
        spans.choose(900)
        spans.chosen.connect(self.detail.show_span)
        self._spans = spans
        self.bar.add_act(spans)
        ticker = self.bench.ticker
        self._pause = Button(
            self.bench.look, "Pause view", icon="pause", run=lambda: ticker.pause(not ticker.paused)
        )
        ticker.paused_changed.connect(self._paused)
        self.bar.add_act(self._pause)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 1)
        split.setSizes([520, 250])
        self._fleet = QWidget()
        fleet = QVBoxLayout(self._fleet)
        fleet.setContentsMargins(0, 0, 0, 0)
        fleet.setSpacing(0)
        fleet.addWidget(self.headline)
        fleet.addWidget(line())
        fleet.addWidget(split, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._fleet)
        self._stack.addWidget(self.first)
        self.body.addWidget(self._stack, 1)

    def enter(self, what: object) -> None:
        """A connection's name narrows to it; a resource key chooses its row."""
        self._only = what if isinstance(what, str) else ""
        if isinstance(what, ResourceKey):
            self._key, self._by_hand = what, True
        self.bar.set_crumbs((), f"Watch, {self._only}" if self._only else "Watch")
        self.draw()

    def panes(self) -> Sequence[QWidget]:
        """The table first."""
        if self._stack.currentWidget() is self.first:
            return (self.first.field,)
        return (self.table, self.field, self.detail)

    def search_field(self) -> QLineEdit:
        """The filter of sources."""
        return self.field

    def _take(self, value: object) -> None:
        if isinstance(value, FleetSnapshot):
            self._snapshot = value
            self.bench.ticker.mark(self)

    def draw(self) -> None:
        """Brings the table up to the last snapshot."""
        snapshot = self._snapshot
        if snapshot is None:
            return
        empty = not snapshot.connections
        if empty != (self._stack.currentWidget() is self.first):
            self._stack.setCurrentWidget(self.first if empty else self._fleet)
            self.field.setVisible(not empty)
            self._spans.setVisible(not empty)
            self._pause.setVisible(not empty)
            self.last_focus = None
            if self.isVisible():
                self.restore_focus()
        lines = arrange(snapshot, self._only, self.field.text().lower().split())
        hold = self.table.hovered >= 0 or self.table.hasFocus()
        lines = self._places.settle(lines, monotonic(), hold=hold)
        self.cells.one_environment = len({row.environment for row in snapshot.rows}) == 1
        self.cells.one_connection = bool(self._only) or len(snapshot.connections) < 2
        self.headline.say(snapshot.headline, snapshot.detail)
        self.headline.facts(facts(snapshot))
        self._finding = True
        changed = self.model.show(lines)
        self._finding = False
        if changed or not self.table.currentIndex().isValid():
            self._find_row()
        self._show_row(self.table.currentIndex().row())

    def _find_row(self) -> None:
        """The row that a person chose; the neediest until they did."""
        row = self.model.row_of(line_key(self._key)) if self._by_hand and self._key is not None else -1
        self._finding = True
        self.table.select_row(row if row >= 0 else self.model.first_source())
        self._finding = False

    def _paused(self, paused: bool) -> None:  # noqa: FBT001
        self._pause.setText("Go live" if paused else "Pause view")

    def _moved(self, row: int) -> None:
        self._by_hand = self._by_hand or not self._finding
        self._show_row(row)

    def _show_row(self, row: int) -> None:
        chosen = self.model.line(row)
        if isinstance(chosen, FleetRow):
            self._key = chosen.key
        self.detail.show_row(chosen if isinstance(chosen, FleetRow) else None)

    def _open(self, row: int) -> None:
        chosen = self.model.line(row)
        if isinstance(chosen, Silent):
            self.bench.shell.change_connection(chosen.view.connection)
        elif not self._no_dead_letters():
            self._dead_letters()

    def _dead_source(self) -> ResourceKey | None:
        chosen = self.model.line(self.table.currentIndex().row())
        if not isinstance(chosen, FleetRow) or self._snapshot is None:
            return None
        return dead_letters_of(chosen, self._snapshot.rows)

    def _no_dead_letters(self) -> str:
        return "" if self._dead_source() is not None else "no dead-letter source is known for this row"

    def _dead_letters(self) -> None:
        key = self._dead_source()
        if key is not None:
            self.bench.shell.go(Place("source", SourceKey(key.connection, key.name)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower tables show kinds as icons, and fewer columns."""
        self.cells.icon_only = self.width() < NARROW_BELOW
        self.table.set_widths(widths(self.width()), stretch=words.NAME)
        super().resizeEvent(event)


def facts(snapshot: FleetSnapshot) -> list[Fact]:
    """What stands at the right of the headline."""
    unknown = sum(row.need is Need.NOT_KNOWN for row in snapshot.rows)
    needy = sum(row.need is Need.ATTENTION for row in snapshot.rows)
    return [
        Fact("Need attention", str(needy), "warn" if needy else ""),
        Fact("Not known", plural(unknown, "source"), ""),
    ]
