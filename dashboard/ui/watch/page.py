"""Watch: the sentence, the fleet in three sections, the charts of the chosen source; the first run when there is none."""

from collections.abc import Sequence
from time import monotonic

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from adapters.api import RedriveError
from dashboard.core.fleet import FleetRow, FleetSnapshot, Need, ResourceKey
from dashboard.core.words import plural
from dashboard.ui.bench import Bench
from dashboard.ui.page import Page
from dashboard.ui.tables.table import Table
from dashboard.ui.watch import words
from dashboard.ui.watch.arrange import Places, arrange, key_of
from dashboard.ui.watch.cells import FleetCells
from dashboard.ui.watch.model import FleetModel
from dashboard.ui.widgets.headline import Fact, Headline
from dashboard.ui.widgets.labels import line
from dashboard.ui.widgets.states import StatePanel

WIDE = (34, 210, 118, 84, 92, 72, 62, 62, 68, 78, 96, 128, 96)
NARROW = (34, 210, 40, 84, 92, 72, 64, 64, 68, 78, 96, 136, 96)


class WatchPage(Page):
    """The fleet is drawn by the frame clock, at most once a frame."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Watch")
        self._snapshot: FleetSnapshot | None = None
        self._only = ""
        self._key: ResourceKey | None = None
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
        self._state = StatePanel(bench.look)
        self._upper = QStackedWidget()
        self._upper.addWidget(self.table)
        self._upper.addWidget(self._state)
        self._lay_out()
        bench.ticker.register(self, self.draw)
        bench.bridge.subscribe(self, "fleet", self._take)

    def _lay_out(self) -> None:
        self.body.addWidget(self.headline)
        self.body.addWidget(line())
        self.body.addWidget(self._upper, 1)

    def enter(self, what: object) -> None:
        """A connection's name narrows to it; a resource key chooses its row."""
        self._only = what if isinstance(what, str) else ""
        if isinstance(what, ResourceKey):
            self._key = what
        self.bar.set_crumbs((), f"Watch, {self._only}" if self._only else "Watch")
        self.draw()

    def panes(self) -> Sequence[QWidget]:
        """The table first."""
        return (self.table, self.field)

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
        lines = arrange(snapshot, self._only, self.field.text().lower().split())
        hold = self.table.hovered >= 0 or self.table.hasFocus()
        lines = self._places.settle(lines, monotonic(), hold=hold)
        self.headline.say(snapshot.headline, snapshot.detail)
        self.headline.facts(facts(snapshot))
        if self.model.show(lines) or not self.table.currentIndex().isValid():
            self._find_row()

    def _find_row(self) -> None:
        row = self.model.row_of(self._key) if self._key is not None else -1
        self.table.select_row(row if row >= 0 else self.model.first_source())

    def _moved(self, row: int) -> None:
        chosen = self.model.line(row)
        if isinstance(chosen, FleetRow):
            self._key = chosen.key

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower tables show kinds as icons."""
        narrow = self.width() < 1208
        self.cells.icon_only = narrow
        self.table.set_widths(NARROW if narrow else WIDE, stretch=words.NAME)
        super().resizeEvent(event)


def facts(snapshot: FleetSnapshot) -> list[Fact]:
    """What stands at the right of the headline."""
    unknown = sum(row.need is Need.NOT_KNOWN for row in snapshot.rows)
    needy = sum(row.need is Need.ATTENTION for row in snapshot.rows)
    return [
        Fact("Need attention", str(needy), "warn" if needy else ""),
        Fact("Not known", plural(unknown, "source"), ""),
    ]


__all__ = ["QSplitter", "QVBoxLayout", "Qt", "RedriveError", "WatchPage", "key_of"]
