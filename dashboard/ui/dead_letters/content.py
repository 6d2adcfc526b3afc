"""The inside of one source: search, causes, the table of messages, and the inspector beside them."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from dashboard.bridge.letters import OpenedLetter
from dashboard.core.letters import CauseGroup, LetterRow, SourceView
from dashboard.core.text import one_line
from dashboard.core.words import count
from dashboard.ui.bench import Bench
from dashboard.ui.dead_letters import cause_table, letters_table
from dashboard.ui.dead_letters.chosen import Chosen, Kept
from dashboard.ui.dead_letters.control import SourceControl
from dashboard.ui.dead_letters.search import Search
from dashboard.ui.dead_letters.terms import Term, quoted
from dashboard.ui.inspector.panel import Inspector
from dashboard.ui.tables.listed import ListedModel
from dashboard.ui.tables.paged import PagedModel, Take
from dashboard.ui.tables.table import Table
from dashboard.ui.widgets.labels import label, line, set_role
from dashboard.ui.widgets.states import StatePanel

INSPECTOR = 384
CAUSES_SHOWN, CAUSES_LOW = 5, 2
LOW = 520
"""A lower page shows fewer causes at once."""
BELOW = 1100
"""Narrower than this the inspector lies below the table."""
LETTER_MS = 60
EDGES = 2
"""The lines above and below a table, which show the focus."""


class SourceContent(QWidget):
    """`counted` is told when the number of matches changes."""

    counted = Signal()

    def __init__(self, bench: Bench, control: SourceControl, chosen: Chosen) -> None:
        super().__init__()
        self._bench, self._control, self._chosen = bench, control, chosen
        self._titles: dict[str, str] = {}
        self._groups: tuple[CauseGroup, ...] = ()
        self._answered = False
        self._read = 0
        self.search = Search(bench.look)
        self.search.name_of = self._name_of
        self.matching = label("", "second")
        self.causes_model = ListedModel[CauseGroup](
            cause_table.COLUMNS,
            lambda group: group.cause,
            cause_table.cell_text,
            cause_table.spoken,
            cause_table.RIGHT,
            self,
        )
        self.causes = Table(bench.look, "Causes in this source")
        self.causes.setItemDelegate(
            cause_table.CauseCells(bench.look, self.causes, self._filtered, bench.now)
        )
        self.causes.setModel(self.causes_model)
        self.causes.set_widths(cause_table.WIDTHS, stretch=cause_table.CAUSE)
        self.model = PagedModel[LetterRow](
            letters_table.COLUMNS, letters_table.cell_text, letters_table.spoken, letters_table.RIGHT, self
        )
        self.table = Table(bench.look, "Dead letters")
        self.table.setItemDelegate(letters_table.LetterCells(bench.look, self.table, chosen.has, bench.now))
        self.table.setModel(self.model)
        self.table.set_widths(letters_table.WIDTHS, stretch=letters_table.WHY)
        self.none = StatePanel(bench.look)
        self._tables = QStackedWidget()
        self._tables.addWidget(self.table)
        self._tables.addWidget(self.none)
        self.inspector = Inspector(bench)
        self._wait = QTimer(self, singleShot=True, interval=LETTER_MS)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(16, 8, 16, 8)
        top.setSpacing(16)
        top.addWidget(self.search, 1)
        top.addWidget(self.matching)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.causes)
        left.addWidget(line("line2"))
        left.addWidget(self._tables, 1)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(0)
        self._halves.addLayout(left, 1)
        self._between = line("vline")
        self._halves.addWidget(self._between)
        self._halves.addWidget(self.inspector)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(top)
        outer.addWidget(line())
        outer.addLayout(self._halves, 1)

    def _connect(self) -> None:
        self.search.changed.connect(self._searched)
        self.causes.opened.connect(self._filter_by)
        self.causes.spaced.connect(self._toggle_cause)
        self.causes.clicked.connect(self._cause_clicked)
        self.table.moved.connect(lambda _: self._wait.start())
        self.table.spaced.connect(self._tick)
        self.table.clicked.connect(self._clicked)
        self.table.opened.connect(lambda _: self.inspector.pane().setFocus())
        header = self.table.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._order)
        self.model.counted.connect(self._counted)
        self._wait.timeout.connect(self._inspect)
        self._chosen.changed.connect(self.table.viewport().update)
        self.inspector.body.tree.wanted.connect(
            lambda path, value: self.search.toggle(quoted(f"body.{path}", value))
        )

    # What is shown

    def show_view(self, view: SourceView) -> None:
        """Takes causes and numbers of a view; the rows come by pages."""
        self._groups = view.groups
        titles = {group.cause: group.title for group in view.groups}
        if titles != self._titles:
            self._titles = titles
            self.search.names_changed()
        current = self.causes_model.record(self.causes.currentIndex().row())
        if self.causes_model.show(view.groups):
            asked = next((group.cause for group in view.groups if self._filtered(group)), None)
            wanted = asked or (current.cause if current else "")
            self.causes.select_row(max(self.causes_model.row_of(wanted), 0))
        self._fit_causes()
        if view.snapshot is not None and view.snapshot.count != self._read:
            self._read = view.snapshot.count
            self.model.refresh()
        self._say_matching()

    def _fit_causes(self) -> None:
        most = CAUSES_SHOWN if self.height() >= LOW else CAUSES_LOW
        rows = min(max(len(self._groups), 1), most)
        row = self._bench.look.row(28)
        self.causes.setFixedHeight(row + rows * row + EDGES)

    def restart(self) -> None:
        """Another reading or another search: rows from the first page."""
        snapshot = self._control.snapshot
        self._control.where = self.search.query()
        self.search.complain("")
        if snapshot is None:
            self.model.restart(None)
            self.inspector.clear()
            return
        self._read = snapshot.count
        total = snapshot.count if not self._control.where else 0
        self._answered = False
        self.model.restart(self._fetch, total)
        self._chosen.count_all(total)
        self._say_matching()

    def _fetch(self, offset: int, limit: int, take: Take) -> None:
        where = self._control.where

        def came(total: int, rows: Sequence[LetterRow]) -> None:
            take(total, rows)
            if where == self._control.where:
                self._answered = True
                self._landed()

        self._control.fetch(offset, limit, came)

    def _searched(self, query: str) -> None:
        before, kept = self._chosen.where, self._chosen.keep()
        if self._chosen.restart(query):
            self._bench.shell.toast(
                "Another search: all that match are selected.",
                act="Undo",
                run=lambda: self._undo(before, kept),
            )
        self.restart()

    def _undo(self, where: str, kept: Kept) -> None:
        self.search.show_query(where)
        self._chosen.put(kept)

    def _counted(self, total: int) -> None:
        self._chosen.count_all(total)
        self._say_matching()
        self.counted.emit()

    def _landed(self) -> None:
        self._say_matching()
        if not self.table.currentIndex().isValid():
            self.table.select_row(0)
        self._wait.start()

    def _say_matching(self) -> None:
        snapshot = self._control.snapshot
        if snapshot is None:
            return
        total, where = self.model.rowCount(), self.search.query()
        self.matching.setText(f"{count(total)} of {count(snapshot.count)} match")
        self.matching.setVisible(bool(where))
        if total == 0 and where and self._answered:
            clear = ("Clear search", lambda: self.search.show_query(""))
            self.none.say(
                "list-filter", f"No match in {count(snapshot.count)} messages", one_line(where), acts=[clear]
            )
            self._tables.setCurrentWidget(self.none)
            self.inspector.clear()
        else:
            self._tables.setCurrentWidget(self.table)

    # Causes as terms

    def _term(self, group: CauseGroup) -> str:
        # The title can be read wherever the query is shown; its id only where the title would match others as well.
        title = group.title.casefold()
        others = (other for other in self._groups if other.cause != group.cause)
        clear = not any(title in f"{other.title} {other.exception}".casefold() for other in others)
        return quoted("cause", group.title if clear else group.cause)

    def _filtered(self, group: CauseGroup) -> bool:
        return bool(self._asked_by(group))

    def _asked_by(self, group: CauseGroup) -> list[str]:
        """The chips that ask for a cause, by its title or by its id (as the inbox opens it)."""
        terms = dict.fromkeys((self._term(group), quoted("cause", group.cause)))
        return [text for text in terms if self.search.has(text)]

    def _name_of(self, term: Term) -> str:
        return self._titles.get(term.value, term.value) if term.field.endswith("cause") else term.value

    def _toggle_cause(self, row: int) -> None:
        group = self.causes_model.record(row)
        if group is not None and self._filtered(group):
            for text in self._asked_by(group):
                self.search.toggle(text)
            self.causes.viewport().update()
        else:
            self._filter_by(row)

    def _filter_by(self, row: int) -> None:
        """Shows this cause alone; a second click or Enter changes nothing."""
        group = self.causes_model.record(row)
        if group is None or self._filtered(group):
            return
        for other in self._groups:
            for text in self._asked_by(other):
                self.search.toggle(text)
        self.search.toggle(self._term(group))
        self.causes.viewport().update()

    def _cause_clicked(self, index: QModelIndex) -> None:
        if index.column() == cause_table.CHOSEN:
            self._toggle_cause(index.row())
        else:
            self._filter_by(index.row())

    # Rows

    def _tick(self, row: int) -> None:
        record = self.model.record(row)
        if record is not None:
            self._chosen.toggle([record])

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == letters_table.TICK:
            self._tick(index.row())

    def _order(self, column: int) -> None:
        field = letters_table.ORDERS.get(column)
        if field is None:
            return
        control = self._control
        if control.order == field and control.descending:
            control.order, control.descending = "", False
        else:
            control.descending = control.order == field
            control.order = field
        header = self.table.horizontalHeader()
        header.setSortIndicatorShown(bool(control.order))
        way = Qt.SortOrder.DescendingOrder if control.descending else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(column, way)
        self.model.restart(self._fetch, self.model.rowCount())

    def _inspect(self) -> None:
        row = self.table.currentIndex().row()
        record = self.model.record(row) if row >= 0 else None
        if record is None:
            return
        place = f"{count(row + 1)} of {count(self.model.rowCount())}"

        def came(opened: OpenedLetter) -> None:
            self.inspector.show_letter(opened, place)

        self._control.letter(record, came)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the inspector lies below."""
        below = self.width() < BELOW - 48
        self._halves.setDirection(
            QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight
        )
        self.inspector.lie(below)
        set_role(self._between, "line2" if below else "vline")
        self._fit_causes()
        if below:
            self.inspector.setMinimumSize(0, 190)
            self.inspector.setMaximumSize(16_777_215, 240)
        else:
            self.inspector.setMinimumSize(INSPECTOR, 0)
            self.inspector.setMaximumSize(INSPECTOR, 16_777_215)
        super().resizeEvent(event)
