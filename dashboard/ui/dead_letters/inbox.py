"""The inbox: causes over all sources, what is not read and its price, and the chosen cause in words."""

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QWidget

from adapters.api import RedriveError
from dashboard.core.letters import InboxRow
from dashboard.core.words import count
from dashboard.ui.around import FirstFocus, connection_of
from dashboard.ui.bench import Bench
from dashboard.ui.dead_letters.inbox_table import (
    COLUMNS,
    HOURS,
    NOTE,
    RIGHT,
    WIDTHS,
    InboxCells,
    arrange,
    cell_text,
    key_of,
)
from dashboard.ui.dead_letters.preview import CausePreview
from dashboard.ui.dead_letters.words import inbox_headline, inbox_spoken
from dashboard.ui.page import Page
from dashboard.ui.places import CauseOf, Place
from dashboard.ui.tables.listed import ListedModel
from dashboard.ui.tables.table import Table
from dashboard.ui.widgets.buttons import Segments
from dashboard.ui.widgets.headline import Fact, Headline
from dashboard.ui.widgets.labels import line
from dashboard.ui.widgets.states import StatePanel

AGAIN_MS = 5000


class InboxPage(Page):
    """Reads nothing that costs: it asks for what is known, and follows the news."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Dead letters")
        self._focus = FirstFocus(self)
        self._rows: tuple[InboxRow, ...] | None = None
        self.headline = Headline(bench.look)
        self.headline.say("Dead letters", "Asking for what is known.")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Filter causes: words of title, failure or source")
        self.field.setAccessibleName("Filter causes")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._draw)
        self.ways = Segments(((False, "By cause"), (True, "By source")), "Group")
        self.ways.chosen.connect(lambda _: self._draw())
        self.model = ListedModel[InboxRow](COLUMNS, key_of, cell_text, inbox_spoken, RIGHT, self)
        self.table = Table(bench.look, "Causes over all sources")
        cells = InboxCells(bench.look, self.table, lambda name: connection_of(bench, name), bench.now)
        self.table.setItemDelegate(cells)
        self.table.setModel(self.model)
        self.table.set_widths(WIDTHS, stretch=0)
        self.table.moved.connect(self._moved)
        self.table.opened.connect(self._open)
        self.state = StatePanel(bench.look)
        self.state.loading()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.state)
        self._stack.addWidget(self.table)
        self.preview = CausePreview(bench.look)
        self._lay_out()
        # Causes come as they are read, and free sources are read as they are asked for.
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self._follow)
        bench.ticker.register(self, self._draw)
        bench.bridge.subscribe(self, "inbox", self._take)

    def _lay_out(self) -> None:
        filters = QHBoxLayout()
        filters.setContentsMargins(16, 8, 16, 8)
        filters.setSpacing(12)
        filters.addWidget(self.field, 1)
        filters.addWidget(self.ways)
        self.body.addWidget(self.headline)
        self.body.addWidget(line())
        self.body.addLayout(filters)
        self.body.addWidget(line())
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(line("line2"))
        self.body.addWidget(self.preview)

    def enter(self, what: object) -> None:
        """Asks for what is known."""
        self._focus.begin()
        del what
        self.count_again()
        self._again.start()

    def leave(self) -> None:
        """Asks no more by itself."""
        self._again.stop()

    def _follow(self) -> None:
        # What fails here failed before, when the page was opened or asked by a person, and was said then.
        self.bench.commands.ask(self, lambda desk: desk.inbox(), self._take, lambda _: None)

    def count_again(self) -> None:
        """Asks again; sources are only read where that is free."""
        self.bench.commands.ask(self, lambda desk: desk.inbox(), self._take, self._failed)

    def panes(self) -> Sequence[QWidget]:
        """The table first."""
        return (self.table, self.field)

    def search_field(self) -> QLineEdit:
        """The filter."""
        return self.field

    def _take(self, value: object) -> None:
        self._rows = tuple(cast(Sequence[InboxRow], value))
        self.bench.ticker.mark(self)

    def _draw(self) -> None:
        if self._rows is None:
            return
        self.headline.say(*inbox_headline(self._rows))
        self.headline.facts(_facts(self._rows))
        wanted = self.field.text().lower().split()
        lines = arrange(self._rows, wanted, by_source=bool(self.ways.value()))
        chosen = self.model.record(self.table.currentIndex().row())
        if self.model.show(lines):
            for row in range(len(lines)):
                record = self.model.record(row)
                if record is not None and record.group is None:
                    self.table.setSpan(row, HOURS, 1, NOTE - HOURS)
            row = self.model.row_of(key_of(chosen)) if chosen is not None else -1
            self.table.select_row(row if row >= 0 else self.model.first())
        self._stack.setCurrentWidget(self.table if lines else self.state)
        if not lines:
            self._say_none(wanted)
        self._moved(self.table.currentIndex().row())
        self._focus.settle()

    def _say_none(self, wanted: Sequence[str]) -> None:
        if wanted and self._rows:
            clear = ("Clear search", self.field.clear)
            self.state.say(
                "list-filter", f"No match in {count(len(self._rows))} lines", " ".join(wanted), acts=[clear]
            )
        else:
            self.state.say(
                "inbox",
                "No dead letters",
                "No watched source holds any. A stream that holds dead letters under another name can be opened from"
                " Watch with D.",
            )

    def _failed(self, error: RedriveError) -> None:
        if self._rows is None:
            self.state.failing("The inbox could not be asked for", error, self.count_again)
            self._stack.setCurrentWidget(self.state)
        else:
            self.bench.shell.toast(str(error), tone="warn")

    def _moved(self, row: int) -> None:
        self.preview.show_row(self.model.record(row))

    def _open(self, row: int) -> None:
        record = self.model.record(row)
        if record is not None:
            cause = record.group.cause if record.group is not None else ""
            self.bench.shell.go(Place("source", CauseOf(record.source, cause)))


def _facts(rows: Sequence[InboxRow]) -> list[Fact]:
    groups = [row.group for row in rows if row.group is not None]
    hour = sum(group.hours[-1] for group in groups if group.hours)
    unread = sum(row.group is None for row in rows)
    return [
        Fact("Died in the last hour", count(hour), "danger" if hour else ""),
        Fact("Causes", count(len(groups))),
        Fact("Not read", f"{count(unread)} {'source' if unread == 1 else 'sources'}"),
    ]
