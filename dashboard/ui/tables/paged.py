"""A model of a table of any length: the row count is known, pages come when they are looked at, few are kept."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from dashboard.ui.tables.columns import NOWHERE, ColumnModel, Index
from dashboard.ui.tables.table import RECORD

R = TypeVar("R")

PAGE = 200
KEPT = 20
_UNDER_WAY = 4

Take = Callable[[int, Sequence[Any]], None]
Fetch = Callable[[int, int, Take], None]
"""Called as fetch(offset, limit, take); it answers later with take(total, rows)."""


class PagedModel(ColumnModel, Generic[R]):
    """Rows by number from a `Fetch`.

    `text_of(record, column)` is what is copied; `spoken_of(record)` the sentence for those who hear the screen.
    A change of query is `restart`; answers to the query before it are thrown away. `counted(total)` tells a new total.
    """

    counted = Signal(int)

    def __init__(
        self,
        columns: Sequence[str],
        text_of: Callable[[R, int], str],
        spoken_of: Callable[[R], str] | None = None,
        right: frozenset[int] = frozenset(),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, right, parent)
        self._text_of = text_of
        self._spoken_of = spoken_of
        self._fetch: Fetch | None = None
        self._total = 0
        self._pages: OrderedDict[int, Sequence[R]] = OrderedDict()
        self._asked: set[int] = set()
        self._turn = 0

    def restart(self, fetch: Fetch | None, total: int = 0) -> None:
        """Begins anew with `total` rows, as far as known; the first page is asked at once."""
        self._turn += 1
        self.beginResetModel()
        self._fetch = fetch
        self._total = total
        self._pages.clear()
        self._asked.clear()
        self.endResetModel()
        if fetch is not None:
            self._ask(0)

    def refresh(self) -> None:
        """Asks the kept pages again; what is shown stays until the answers come."""
        self._turn += 1
        self._asked.clear()
        for page in list(self._pages)[-_UNDER_WAY:] or [0]:
            self._ask(page)

    def record(self, row: int) -> R | None:
        """The record of a row; None while it is fetched, which this begins."""
        page, place = divmod(row, PAGE)
        rows = self._pages.get(page)
        if rows is None:
            self._ask(page)
            return None
        self._pages.move_to_end(page)
        return rows[place] if place < len(rows) else None

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """All that match."""
        return 0 if parent.isValid() else self._total

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The record for the delegate; text for copying and for those who hear the screen."""
        if not index.isValid():
            return None
        record = self.record(index.row())
        if role == RECORD:
            return record
        if record is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text_of(record, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken_of(record) if self._spoken_of else self._text_of(record, index.column())
        return None

    def _ask(self, page: int) -> None:
        if self._fetch is None or page in self._asked:
            return
        self._asked.add(page)
        turn = self._turn
        self._fetch(page * PAGE, PAGE, lambda total, rows: self._take(turn, page, total, rows))

    def _take(self, turn: int, page: int, total: int, rows: Sequence[R]) -> None:
        if turn != self._turn:
            return
        self._asked.discard(page)
        self._pages[page] = rows
        self._pages.move_to_end(page)
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        self._resize(total)
        first = page * PAGE
        last = min(first + len(rows), self._total) - 1
        if last >= first:
            self._rows_changed(first, last)

    def _resize(self, total: int) -> None:
        if total > self._total:
            self.beginInsertRows(QModelIndex(), self._total, total - 1)
            self._total = total
            self.endInsertRows()
        elif total < self._total:
            self.beginRemoveRows(QModelIndex(), total, self._total - 1)
            self._total = total
            self.endRemoveRows()
        else:
            return
        self.counted.emit(total)
