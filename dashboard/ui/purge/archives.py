"""The archives: what was removed and can be put back."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStackedWidget, QWidget

from adapters.api import RedriveError
from dashboard.core.runs import ArchiveView
from dashboard.core.text import one_line
from dashboard.core.words import count, iso, plural, size
from dashboard.ui.around import FirstFocus, at_time
from dashboard.ui.bench import Bench
from dashboard.ui.look import Look
from dashboard.ui.page import Page
from dashboard.ui.places import Place
from dashboard.ui.redrives.drafts import Restore
from dashboard.ui.tables.cells import Cells
from dashboard.ui.tables.listed import ListedModel
from dashboard.ui.tables.table import Table
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.headline import Headline
from dashboard.ui.widgets.labels import line
from dashboard.ui.widgets.states import StatePanel

COLUMNS = ("Archive", "From", "Messages", "Taken", "Restored", "Size", "State")
WIDTHS = (170, 220, 84, 110, 84, 90, 180)
LITTLE = (100, 180, 84, 110, 80, 0, 120)
"""Where the table is a step of a plan."""
ROW = 28
RIGHT = frozenset({2, 4, 5})


def state_words(archive: ArchiveView) -> str:
    """Whether it reads back whole; not checked is said."""
    if archive.whole is None:
        return "not checked"
    return "whole" if archive.whole else "damaged: cannot be read to its end"


def cell_text(archive: ArchiveView, column: int) -> str:
    """A cell as it is copied."""
    return (
        one_line(archive.name),
        one_line(archive.origin),
        str(archive.held),
        iso(archive.made),
        str(archive.restored),
        str(archive.bytes),
        state_words(archive),
    )[column]


def spoken(archive: ArchiveView) -> str:
    """A row as one sentence."""
    return one_line(
        f"Archive {archive.name} from {archive.origin}, {plural(archive.held, 'message')},"
        f" {count(archive.restored)} restored, {state_words(archive)}",
        300,
    )


class ArchiveCells(Cells):
    """Paints an archive."""

    def __init__(self, look: Look, table: Table, now: Callable[[], datetime]) -> None:
        super().__init__(look, table)
        self._now = now

    def cell(self, painter: QPainter, box: QRect, record: object, column: int) -> None:
        """One line an archive."""
        assert isinstance(record, ArchiveView)
        tokens = self.look.tokens
        if column == 0:
            self.text(painter, box.adjusted(8, 0, 0, 0), one_line(record.name, 80), tokens.text, role="mono")
        elif column == 1:
            self.text(painter, box, one_line(record.origin, 120), tokens.text2)
        elif column == 2:
            self.text(painter, box, count(record.held), tokens.text, role="source", right=True)
        elif column == 3:
            self.text(painter, box, at_time(record.made, self._now().astimezone()), tokens.text2)
        elif column == 4:
            color = tokens.text2 if record.restored else tokens.text3
            self.text(painter, box, count(record.restored), color, right=True)
        elif column == 5:
            self.text(painter, box, size(record.bytes), tokens.text2, right=True)
        else:
            color = tokens.danger if record.whole is False else tokens.text2
            self.text(painter, box, state_words(record), color)


class ArchiveTable(Table):
    """All archives, newest first."""

    def __init__(self, bench: Bench, row: int = ROW) -> None:
        super().__init__(bench.look, "Archives", row=row)
        self.listed = ListedModel[ArchiveView](COLUMNS, lambda one: one.name, cell_text, spoken, RIGHT, self)
        self.setItemDelegate(ArchiveCells(bench.look, self, bench.now))
        self.setModel(self.listed)
        self.set_widths(WIDTHS if row == ROW else LITTLE, stretch=6)

    def show_archives(self, archives: Sequence[ArchiveView]) -> None:
        """Shows them; the chosen one stays chosen."""
        chosen = self.chosen()
        if self.listed.show(archives):
            row = self.listed.row_of(chosen.name) if chosen is not None else -1
            self.select_row(max(row, 0))

    def chosen(self) -> ArchiveView | None:
        """The current one."""
        return self.listed.record(self.currentIndex().row())


class ArchivesPage(Page):
    """Enter, or the button, opens the plan of a restore."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Archives")
        self._focus = FirstFocus(self)
        self.bar.set_crumbs((("Redrives", Place("runs")),), "Archives")
        self.headline = Headline(bench.look)
        self.headline.say("Archives", "Asking for the archives.")
        self.table = ArchiveTable(bench)
        self.table.opened.connect(lambda _: self._restore())
        self.table.moved.connect(lambda _: self._allow())
        self.restore = Button(bench.look, "Restore…", "", "archive-restore", run=self._restore)
        self.bar.add_act(self.restore)
        self.state = StatePanel(bench.look)
        self.state.loading()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.state)
        self._stack.addWidget(self.table)
        self.body.addWidget(self.headline)
        self.body.addWidget(line())
        self.body.addWidget(self._stack, 1)
        bench.actions.bind("archive.restore", self.table, self._restore)
        self._allow()

    def enter(self, what: object) -> None:
        """Asks for the archives."""
        self._focus.begin()
        del what
        self.count_again()

    def count_again(self) -> None:
        """Asks again."""
        self.bench.commands.ask(self, lambda desk: desk.archives(), self._take, self._failed)

    def panes(self) -> Sequence[QWidget]:
        """The table."""
        return (self.table,)

    def _take(self, archives: Sequence[ArchiveView]) -> None:
        self.table.show_archives(archives)
        if archives:
            held = sum(one.held for one in archives)
            self.headline.say(
                f"{plural(held, 'message')} in {plural(len(archives), 'archive')} can be put back",
                "A restore keeps bytes and headers, not the place. It opens a plan; nothing is put back before that.",
            )
            self._stack.setCurrentWidget(self.table)
        else:
            self.headline.say("No archives", "A purge archives what it removes first.")
            self.state.say("archive", "No archives", "Nothing was purged from here yet.")
            self._stack.setCurrentWidget(self.state)
        self._allow()
        self._focus.settle()

    def _failed(self, error: RedriveError) -> None:
        self.state.failing("The archives could not be read", error, self.count_again)
        self._stack.setCurrentWidget(self.state)

    def _allow(self) -> None:
        chosen = self.table.chosen()
        self.restore.allow("" if chosen is not None else "no archive is chosen")

    def _restore(self) -> None:
        chosen = self.table.chosen()
        if chosen is not None:
            self.bench.shell.go(Place("plan", Restore(chosen.name)))
