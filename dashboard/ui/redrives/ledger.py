"""The ledger of a run: one line a message, by outcome."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QTabBar, QVBoxLayout, QWidget

from dashboard.core.runs import LedgerRow, RunView
from dashboard.core.text import one_line, visible_lines
from dashboard.core.words import count, iso
from dashboard.ui.around import at_time
from dashboard.ui.bench import Bench
from dashboard.ui.look import Look
from dashboard.ui.redrives.run_control import RunControl
from dashboard.ui.redrives.words import NAMES, name_of, number_of
from dashboard.ui.tables.cells import Cells
from dashboard.ui.tables.paged import PagedModel, Take
from dashboard.ui.tables.table import Table
from dashboard.ui.tokens import Tokens
from dashboard.ui.widgets.labels import label, line

COLUMNS = ("No.", "Message id", "Outcome", "Times", "At", "Copy", "Why")
WIDTHS = (84, 150, 160, 60, 104, 200, 300)
RIGHT = frozenset({0, 3})
NUMBER, ID, OUTCOME, TIMES, AT, COPY, WHY = range(7)
EVERY_MS = 1000
"""While a run goes, what is shown of the ledger is asked for again so often."""

OUTCOMES = ("", "returned", "unknown", "gone", "kept", "sent", "sending", "planned")
_ICONS = {
    "returned": "undo-2",
    "unknown": "circle-question-mark",
    "gone": "x",
    "kept": "square",
    "moved": "check",
    "sending": "send",
    "planned": "circle-dashed",
}


def shown_outcome(row: LedgerRow) -> str:
    """The outcome that a person looks for: what came back is not shown as sent."""
    return "returned" if row.returned else row.outcome


class LedgerWords:
    """A message's fate in the words of its run; `view` is None before there is one."""

    def __init__(self) -> None:
        self.view: RunView | None = None

    def name(self, outcome: str) -> str:
        """An outcome in the words of what the run does."""
        view = self.view
        return name_of(outcome, view.kind, archived=view.archive is not None) if view is not None else outcome

    def outcome(self, row: LedgerRow) -> str:
        """The outcome in words, with what became of the original where it is not the usual."""
        words = self.name(shown_outcome(row))
        left = row.outcome == "moved" and row.original in {"left", "unknown"}
        return f"{words}, left behind" if left else words

    def why(self, row: LedgerRow) -> str:
        """The reason; where a message came back, where it is again."""
        if row.returned and not row.reason and self.view is not None:
            return f"came back: died again in {one_line(self.view.source.source, 120)}"
        return row.reason

    def cell(self, row: LedgerRow, column: int) -> str:
        """A cell as it is copied."""
        return (
            str(row.n),
            one_line(row.key),
            self.outcome(row),
            str(row.sent),
            iso(row.at) or "",
            one_line(row.copy or ""),
            one_line(self.why(row)),
        )[column]

    def spoken(self, row: LedgerRow) -> str:
        """A row as one sentence."""
        why = self.why(row)
        return one_line(f"{row.n}, message {row.key}, {self.outcome(row)}{f', {why}' if why else ''}", 300)

    def whole(self, row: LedgerRow) -> str:
        """All that is known of a message, uncut by a column."""
        parts = [f"{count(row.n)}. {visible_lines(row.key)}", self.outcome(row)]
        if row.copy:
            parts.append(f"copy {visible_lines(row.copy)}")
        if row.at is not None:
            parts.append(f"at {iso(row.at)}")
        if why := self.why(row):
            parts.append(visible_lines(why))
        return "; ".join(parts)


class LedgerCells(Cells):
    """Paints a message's fate."""

    def __init__(self, look: Look, table: Table, now: Callable[[], datetime], words: LedgerWords) -> None:
        super().__init__(look, table)
        self._now = now
        self._words = words

    def cell(self, painter: QPainter, box: QRect, record: object, column: int) -> None:
        """Outcome by glyph, word and colour."""
        assert isinstance(record, LedgerRow)
        tokens = self.look.tokens
        if column == NUMBER:
            self.text(painter, box, count(record.n), tokens.text3, right=True)
        elif column == ID:
            self.text(painter, box, one_line(record.key, 80), tokens.text, role="mono")
        elif column == OUTCOME:
            outcome = shown_outcome(record)
            color = _color(outcome, tokens)
            self.icon(painter, box, _ICONS.get(outcome, "circle"), color)
            self.text(painter, box.adjusted(20, 0, 0, 0), self._words.outcome(record), color)
        elif column == TIMES:
            color = tokens.warn if record.sent > 1 else tokens.text2
            self.text(painter, box, count(record.sent) if record.sent else "–", color, right=True)
        elif column == AT:
            self.text(painter, box, at_time(record.at, self._now().astimezone()), tokens.text2)
        elif column == COPY:
            self.text(painter, box, one_line(record.copy or "–", 120), tokens.text2, role="mono")
        else:
            self.text(painter, box, one_line(self._words.why(record), 300), tokens.text2)


class Ledger(QWidget):
    """Tabs with counts, and the table of one outcome."""

    def __init__(self, bench: Bench, control: RunControl) -> None:
        super().__init__()
        self._control = control
        self._outcome = ""
        self._last: RunView | None = None
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Outcomes")
        for outcome in OUTCOMES:
            self.tabs.addTab(NAMES[outcome])
        self._words = LedgerWords()
        self.tabs.currentChanged.connect(self._chosen)
        self.model = PagedModel[LedgerRow](COLUMNS, self._words.cell, self._words.spoken, RIGHT, self)
        self.table = Table(bench.look, "Ledger of the run", row=26)
        self._cells = LedgerCells(bench.look, self.table, bench.now, self._words)
        self.table.setItemDelegate(self._cells)
        self.table.setModel(self.model)
        self.table.set_widths(WIDTHS, stretch=WHY)
        self.detail = label("", "second", wrap=True)
        self.detail.setContentsMargins(16, 6, 16, 8)
        self.detail.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.detail.hide()
        self.table.opened.connect(self._turn_detail)
        self.table.moved.connect(lambda _: self._show_detail())
        self._every = QTimer(self, singleShot=True, interval=EVERY_MS)
        self._every.timeout.connect(self.model.refresh)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.tabs)
        outer.addWidget(line())
        outer.addWidget(self.table, 1)
        outer.addWidget(self.detail)

    def show_run(self, view: RunView) -> None:
        """Follows a run: counts at once, rows at most once a second."""
        last, self._last = self._last, view
        self._words.view = view
        for place, outcome in enumerate(OUTCOMES):
            name = self._words.name(outcome)
            self.tabs.setTabText(place, f"{name} {count(number_of(outcome, view.tally))}")
            self.tabs.setTabVisible(place, outcome != "returned" or view.kind == "redrive")
        if last is None or last.id != view.id:
            self.restart()
        elif last.tally != view.tally or last.state != view.state:
            if not view.state.active:
                # It came to rest: the rows must say so together with the counts.
                self._every.stop()
                self.model.refresh()
            elif not self._every.isActive():
                self._every.start()

    def show_outcome(self, outcome: str) -> None:
        """Goes to the tab of an outcome."""
        self.tabs.setCurrentIndex(OUTCOMES.index(outcome))

    def _turn_detail(self, row: int) -> None:
        again = self.detail.isVisible() and self.detail.text() == self._whole(row)
        self.detail.setVisible(not again)
        self._show_detail()

    def _show_detail(self) -> None:
        if not self.detail.isHidden():
            text = self._whole(self.table.currentIndex().row())
            self.detail.setText(text)
            self.detail.setAccessibleName(text)

    def _whole(self, row: int) -> str:
        record = self.model.record(row)
        return self._words.whole(record) if record is not None else ""

    def restart(self) -> None:
        """Rows from the first page."""
        view = self._last
        total = number_of(self._outcome, view.tally) if view is not None else 0
        self.model.restart(self._fetch, total)

    def _chosen(self, place: int) -> None:
        self._outcome = OUTCOMES[place]
        self.restart()

    def _fetch(self, offset: int, limit: int, take: Take) -> None:
        self._control.fetch(self._outcome, offset, limit, take)


def _color(outcome: str, tokens: Tokens) -> str:
    return {
        "returned": tokens.warn,
        "unknown": tokens.danger,
        "gone": tokens.danger,
        "moved": tokens.ok,
        "sending": tokens.accent,
        "kept": tokens.text,
    }.get(outcome, tokens.text3)
