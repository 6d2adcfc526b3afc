"""A model of a short table whose rows are all known: records, and section rows between them."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt

from dashboard.ui.tables.columns import NOWHERE, ColumnModel, Index
from dashboard.ui.tables.table import RECORD, SECTION

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Section:
    """A row that reaches across and begins a part of the table."""

    title: str
    detail: str = ""


class ListedModel(ColumnModel, Generic[R]):
    """Rows as they were given last.

    `key_of` names a record across changes: rows that keep their order are changed in place, so that the current row
    and the scroll position stay. `text_of(record, column)` is what is copied, `spoken_of` what is read out.
    """

    def __init__(
        self,
        columns: Sequence[str],
        key_of: Callable[[R], Hashable],
        text_of: Callable[[R, int], str],
        spoken_of: Callable[[R], str] | None = None,
        right: frozenset[int] = frozenset(),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, right, parent)
        self._key_of = key_of
        self._text_of = text_of
        self._spoken_of = spoken_of
        self._rows: list[R | Section] = []
        self.section_rows: list[int] = []

    def show(self, rows: Sequence[R | Section]) -> bool:
        """Takes the rows; whether their order changed, so that the table must find its row again."""
        same = [self._name(row) for row in self._rows] == [self._name(row) for row in rows]
        if same:
            self._rows = list(rows)
            if rows:
                self._rows_changed(0, len(rows) - 1)
            return False
        self.beginResetModel()
        self._rows = list(rows)
        self.section_rows = [place for place, row in enumerate(rows) if isinstance(row, Section)]
        self.endResetModel()
        return True

    def record(self, row: int) -> R | None:
        """The record of a row; None for sections and rows that are not there."""
        found = self._rows[row] if 0 <= row < len(self._rows) else None
        return None if isinstance(found, Section) else found

    def row_of(self, key: Hashable) -> int:
        """The row of a record by its key; -1 where it is not shown."""
        for place, row in enumerate(self._rows):
            if not isinstance(row, Section) and self._key_of(row) == key:
                return place
        return -1

    def first(self) -> int:
        """The first row that is no section; -1 for none."""
        return next((place for place, row in enumerate(self._rows) if not isinstance(row, Section)), -1)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Sections included."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Section rows cannot be chosen."""
        enabled = Qt.ItemFlag.ItemIsEnabled
        return enabled if self.record(index.row()) is None else enabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The record for the delegate; words for copying and for those who hear the screen."""
        row = self._rows[index.row()] if 0 <= index.row() < len(self._rows) else None
        if row is None:
            return None
        if isinstance(row, Section):
            if role == SECTION:
                return (row.title, row.detail)
            heard = role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}
            return f"{row.title} {row.detail}".strip() if heard else None
        if role == RECORD:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text_of(row, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken_of(row) if self._spoken_of else self._text_of(row, index.column())
        return None

    def _name(self, row: R | Section) -> Hashable:
        # A section is named by its title alone: a new count in its detail moves nothing.
        return ("section", row.title) if isinstance(row, Section) else ("row", self._key_of(row))
