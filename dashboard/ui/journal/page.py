"""Entries newest first, found by who, act or run, and the one that is chosen, whole."""

import re
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from adapters.api import RedriveError
from dashboard.core.runs import JournalEntry, RunView
from dashboard.core.text import one_line, visible_lines
from dashboard.core.words import count, iso
from dashboard.ui.bench import Bench
from dashboard.ui.look import Look
from dashboard.ui.page import Page
from dashboard.ui.places import Place
from dashboard.ui.tables.cells import Cells
from dashboard.ui.tables.paged import PAGE, PagedModel, Take
from dashboard.ui.tables.table import Table
from dashboard.ui.widgets.headline import Headline
from dashboard.ui.widgets.labels import label, line
from dashboard.ui.widgets.states import StatePanel

COLUMNS = ("Time", "Who", "Act", "What", "Entry")
_RUN = re.compile(r"\bR-\d{4,9}\b")
WIDTHS = (150, 130, 200, 200, 80)
_ICONS = {
    "run": "send", "redrive": "send", "purge": "trash-2", "restore": "archive-restore", "archive": "archive",
    "pause": "pause", "resume": "play", "cancel": "x", "rate": "gauge", "pace": "gauge", "connect": "plug",
    "forget": "unplug", "read": "eye",
}  # fmt: skip


def icon_of(act: str) -> str:
    """An icon for an act, by its first known word."""
    return next((icon for word, icon in _ICONS.items() if word in act.lower()), "history")


def day_time(moment: datetime, now: datetime) -> str:
    """The local time, with the day where it is not today."""
    local = moment.astimezone(now.tzinfo)
    return f"{local:%H:%M:%S}" if local.date() == now.date() else f"{local:%d %b %H:%M:%S}".lstrip("0")


def run_of(entry: JournalEntry) -> str:
    """The name of the run that an entry is about; empty where it is about something else."""
    found = _RUN.search(entry.what)
    return found.group() if found else ""


class JournalCells(Cells):
    """Paints an entry on one line."""

    def __init__(self, look: Look, table: Table, bench: Bench) -> None:
        super().__init__(look, table)
        self._bench = bench

    def cell(self, painter: QPainter, box: QRect, record: object, column: int) -> None:
        """Time, who, act with its icon, what, number."""
        assert isinstance(record, JournalEntry)
        tokens = self.look.tokens
        if column == 0:
            time = day_time(record.at, self._bench.now().astimezone())
            self.text(painter, box.adjusted(8, 0, 0, 0), time, tokens.text)
        elif column == 1:
            self.text(painter, box, one_line(record.who, 80), tokens.text3)
        elif column == 2:
            self.icon(painter, box, icon_of(record.act), tokens.text2)
            self.text(
                painter, box.adjusted(22, 0, 0, 0), one_line(record.act, 80), tokens.text, role="source"
            )
        elif column == 3:
            self.text(painter, box, one_line(record.what, 300), tokens.text2)
        else:
            self.text(painter, box, count(record.id), tokens.text3, right=True)


def cell_text(entry: JournalEntry, column: int) -> str:
    """A cell as it is copied."""
    return (iso(entry.at), entry.who, entry.act, one_line(entry.what), str(entry.id))[column]


class JournalPage(Page):
    """824 rows | 384 the chosen entry."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Journal")
        self._where = ""
        self._headline = Headline(bench.look)
        self._headline.say("Journal", "Every act that sends or removes is written here before it is done.")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Filter: who, act, connection, run")
        self.field.setAccessibleName("Filter the journal")
        self.field.setClearButtonEnabled(True)
        self._wait = QTimer(self, singleShot=True, interval=200)
        self._wait.timeout.connect(self._restart)
        self.field.textChanged.connect(self._wait.start)
        filter_row = QHBoxLayout()
        filter_row.setContentsMargins(16, 8, 16, 8)
        filter_row.addWidget(self.field)
        self.model = PagedModel[JournalEntry](COLUMNS, cell_text, _spoken, frozenset({4}), self)
        self.model.counted.connect(lambda _: self._counted())
        self.table = Table(bench.look, "Journal entries")
        self.table.setItemDelegate(JournalCells(bench.look, self.table, bench))
        self.table.setModel(self.model)
        self.table.set_widths(WIDTHS, stretch=3)
        self.table.moved.connect(self._show_entry)
        self.table.opened.connect(self._open)
        self._state = StatePanel(bench.look)
        left = QWidget()
        self._stack = QStackedLayout(left)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._state)
        self._entry = EntryPane()
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(left, 1)
        row.addWidget(line("vline"))
        row.addWidget(self._entry)
        self.body.addWidget(self._headline)
        self.body.addWidget(line())
        self.body.addLayout(filter_row)
        self.body.addWidget(line())
        self.body.addLayout(row, 1)
        bench.bridge.subscribe(self, "journal", lambda _: self._news())

    def enter(self, what: object) -> None:
        """Reads anew; a text filters."""
        if isinstance(what, str):
            self.field.setText(what)
        self._restart()

    def panes(self) -> Sequence[QWidget]:
        """Table, then the filter."""
        return (self.table, self.field)

    def search_field(self) -> QLineEdit:
        """The filter."""
        return self.field

    def count_again(self) -> None:
        """Reads anew."""
        self._restart()

    def _news(self) -> None:
        if self.isVisible():
            self.model.refresh()

    def _restart(self) -> None:
        self._where = self.field.text().strip()
        self.model.restart(self._fetch)

    def _fetch(self, offset: int, limit: int, take: Take) -> None:
        where = self._where

        def came(entries: Sequence[JournalEntry]) -> None:
            # The length of the journal is not told: a full page means that there may be one more.
            total = offset + len(entries) + (PAGE if len(entries) == limit else 0)
            take(max(total, offset), entries)
            self._counted()

        self.bench.commands.ask(
            self, lambda desk: desk.journal(offset=offset, limit=limit, where=where), came, self._failed
        )

    def _counted(self) -> None:
        shown = self.model.rowCount()
        if shown:
            first = self.model.record(0)
            newest = f"The newest is entry {count(first.id)}." if first is not None else ""
            today = f"{count(first.id)} acts are written down" if first is not None else "Journal"
            self._headline.say(today, f"{newest} Entries are chained and never changed.".strip())
            self._stack.setCurrentWidget(self.table)
            self.table.select_row(max(self.table.currentIndex().row(), 0))
        elif self._where:
            clear = ("Clear search", self.field.clear)
            self._state.say("list-filter", "No entry matches", one_line(self._where), acts=[clear])
            self._stack.setCurrentWidget(self._state)
        else:
            self._state.say(
                "history", "Nothing was done yet", "Redrives, purges and restores are written here."
            )
            self._stack.setCurrentWidget(self._state)

    def _failed(self, error: RedriveError) -> None:
        self._state.failing("The journal could not be read", error, self._restart)
        self._stack.setCurrentWidget(self._state)

    def _open(self, row: int) -> None:
        entry = self.model.record(row)
        name = run_of(entry) if entry is not None else ""
        if name:
            self.bench.commands.ask(self, lambda desk: desk.run(name), self._open_run, self._refused)
        else:
            self.bench.shell.toast("This entry is not about a run.", tone="warn")

    def _open_run(self, run: RunView) -> None:
        self.bench.shell.go(Place("run", run.id))

    def _refused(self, error: RedriveError) -> None:
        self.bench.shell.toast(str(error), tone="danger")

    def _show_entry(self, row: int) -> None:
        self._entry.show_entry(self.model.record(row) if row >= 0 else None)


class EntryPane(QWidget):
    """One entry whole."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(384)
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Entry")
        self._title = label("", "section")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._values = {}
        for place, name in enumerate(("When", "Who", "Act", "What", "Detail", "Chain")):
            key = label(name, "second", "third")
            value = label("", "mono" if name == "Chain" else "second", wrap=True)
            value.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            self._grid.addWidget(key, place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, place, 1)
            self._values[name] = value
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 10, 16, 16)
        outer.setSpacing(12)
        outer.addWidget(self._title)
        outer.addWidget(line())
        outer.addLayout(self._grid)
        outer.addStretch(1)

    def show_entry(self, entry: JournalEntry | None) -> None:
        """Shows it; None clears."""
        self._title.setText(f"Entry {count(entry.id)}" if entry else "")
        texts = _entry_texts(entry) if entry else {}
        for name, value in self._values.items():
            value.setText(texts.get(name, ""))


def _entry_texts(entry: JournalEntry) -> dict[str, str]:
    grouped = " ".join(entry.hash[start : start + 4] for start in range(0, min(len(entry.hash), 16), 4))
    return {
        "When": f"{entry.at.astimezone():%d %B %Y %H:%M:%S}\n{iso(entry.at)}",
        "Who": one_line(entry.who),
        "Act": one_line(entry.act),
        "What": visible_lines(entry.what),
        "Detail": visible_lines(entry.detail),
        "Chain": grouped,
    }


def _spoken(entry: JournalEntry) -> str:
    return f"{entry.at.astimezone():%H:%M:%S}, {entry.who}, {entry.act}, {one_line(entry.what)}"
