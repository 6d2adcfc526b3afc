"""What is selected in a source: all that match the search less what was unticked, or single messages from none."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel

from dashboard.core.letters import LetterRow, Selection, SourceKey
from dashboard.core.words import count
from dashboard.ui.dead_letters.letters_table import BOX, paint_tick
from dashboard.ui.look import Look
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import label

Kept = tuple[frozenset[int], dict[int, str] | None]
"""Ticks by hand: numbers that were unticked, or those that were ticked from none with their message keys."""


class Chosen(QObject):
    """The selection of one snapshot and search. `changed` is told after each change.

    It begins with all that match. After `none`, what is ticked is kept by message key, so that it can be searched on
    while it stays.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.where = ""
        self.total = 0
        self._excluded: set[int] = set()
        self._single: dict[int, str] | None = None

    def restart(self, where: str) -> bool:
        """Begins with all that match `where`; whether single choices were lost by it."""
        lost = bool(self._excluded or self._single)
        self.where, self._excluded, self._single = where, set(), None
        self.changed.emit()
        return lost

    def keep(self) -> Kept:
        """What was ticked by hand, for `put`."""
        return frozenset(self._excluded), None if self._single is None else dict(self._single)

    def put(self, kept: Kept) -> None:
        """Ticks as they were kept; the search must be the same again."""
        self._excluded, self._single = set(kept[0]), None if kept[1] is None else dict(kept[1])
        self.changed.emit()

    def count_all(self, total: int) -> None:
        """How many match now."""
        if total != self.total:
            self.total = total
            self.changed.emit()

    def all(self) -> None:
        """All that match."""
        self._excluded, self._single = set(), None
        self.changed.emit()

    def none(self) -> None:
        """Nothing; ticks add from here."""
        self._excluded, self._single = set(), {}
        self.changed.emit()

    def has(self, row: LetterRow) -> bool:
        """Whether a row is selected."""
        return row.n in self._single if self._single is not None else row.n not in self._excluded

    def toggle(self, rows: Iterable[LetterRow]) -> None:
        """Ticks or unticks; several follow the first."""
        chosen = list(rows)
        if not chosen:
            return
        add = not self.has(chosen[0])
        for row in chosen:
            if self._single is not None:
                if add:
                    self._single[row.n] = row.ref.key
                else:
                    self._single.pop(row.n, None)
            elif add:
                self._excluded.discard(row.n)
            else:
                self._excluded.add(row.n)
        self.changed.emit()

    @property
    def count(self) -> int:
        """How many are selected."""
        return len(self._single) if self._single is not None else max(self.total - len(self._excluded), 0)

    @property
    def state(self) -> Qt.CheckState:
        """All, some or none."""
        if self.count == 0:
            return Qt.CheckState.Unchecked
        full = self._single is None and not self._excluded
        return Qt.CheckState.Checked if full else Qt.CheckState.PartiallyChecked

    def words(self) -> str:
        """What the selection is, beside its count."""
        if self._single is not None:
            return f"ticked one by one, of {count(self.total)} matching" if self._single else "none ticked"
        which = (
            f"all {count(self.total)} matching" if self.where else f"all {count(self.total)} that were read"
        )
        return f"{which}, less {count(len(self._excluded))} you unticked" if self._excluded else which

    def selection(self, source: SourceKey, snapshot: int) -> Selection:
        """As a plan takes it."""
        if self._single is not None:
            return Selection(source, snapshot, "", frozenset(), frozenset(self._single.values()))
        return Selection(source, snapshot, self.where, frozenset(self._excluded))


class TriBox(QCheckBox):
    """All, some or none; drawn as the boxes of the rows are, a bar for some."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setTristate(True)
        self.setFixedSize(24, 24)
        look.changed.connect(self.update)

    def hitButton(self, pos: QPoint) -> bool:
        """All of it takes a click."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws box, tick or bar, and the focus."""
        del event
        painter = QPainter(self)
        state, tokens = self.checkState(), self._look.tokens
        box = self.rect().adjusted(5, 0, 0, 0)
        paint_tick(painter, box, self._look, on=state is Qt.CheckState.Checked)
        if state is Qt.CheckState.PartiallyChecked:
            square = QRect(5, (self.height() - BOX) // 2, BOX, BOX)
            painter.fillRect(square, QColor(tokens.accent_fill))
            painter.fillRect(square.adjusted(3, 6, -3, -6), QColor(tokens.on_fill))
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 4, 4)


class SelectionBar(QFrame):
    """52 px at the foot: what is selected, and what can be done with it."""

    def __init__(self, look: Look, chosen: Chosen) -> None:
        super().__init__()
        self._chosen = chosen
        self.setProperty("ground", "raised")
        self.setFixedHeight(look.row(52))
        self.box = TriBox(look)
        self.box.setAccessibleName("Select all that match")
        self.box.clicked.connect(self._clicked)
        self.number: QLabel = label("", "section")
        self.words: QLabel = label("", "second", "third")
        self._acts = QHBoxLayout()
        self._acts.setSpacing(12)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(10)
        row.addWidget(self.box)
        row.addWidget(self.number)
        row.addWidget(self.words)
        row.addStretch(1)
        row.addLayout(self._acts)
        chosen.changed.connect(self.refresh)
        self.refresh()

    def add(self, button: Button) -> None:
        """An act, at the right."""
        self._acts.addWidget(button)

    def refresh(self) -> None:
        """Says the selection."""
        self.box.setCheckState(self._chosen.state)
        self.number.setText(f"{count(self._chosen.count)} selected")
        self.words.setText(self._chosen.words())

    def _clicked(self) -> None:
        # What the click did to the box does not matter: full becomes none, all else becomes full.
        if self._chosen.state is Qt.CheckState.Checked:
            self._chosen.none()
        else:
            self._chosen.all()
