"""What every table model says of its columns: how many there are, their titles, and on which side they stand."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class ColumnModel(QAbstractTableModel):
    """A model whose columns never change; those in `right` hold numbers and stand at the right."""

    def __init__(self, columns: Sequence[str], right: frozenset[int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._right = right

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """As declared."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Column titles; numbers stand at the right."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in self._right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _rows_changed(self, first: int, last: int) -> None:
        """Tells that rows `first` to `last` are to be painted again."""
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))
