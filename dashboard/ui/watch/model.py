"""The fleet as a table model: rows are replaced in place while their order stays, and the model is reset when not."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Qt

from dashboard.core.fleet import FleetRow
from dashboard.ui.tables.columns import NOWHERE, ColumnModel, Index
from dashboard.ui.tables.table import RECORD, SECTION
from dashboard.ui.watch import words
from dashboard.ui.watch.arrange import Line, LineKey, Section, Silent, key_of
from dashboard.ui.widgets.labels import plain_tip


class FleetModel(ColumnModel):
    """Lines of Watch. `section_rows` are those that reach across."""

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(words.COLUMNS, words.RIGHT, parent)
        self._now = now
        self._lines: list[Line] = []
        self._keys: list[LineKey] = []
        self.section_rows: list[int] = []

    def show(self, lines: Sequence[Line]) -> bool:
        """Takes the lines; whether the order changed, so that the table must find its row again."""
        keys = [key_of(line) for line in lines]
        if keys != self._keys:
            self.beginResetModel()
            self._lines, self._keys = list(lines), keys
            self.section_rows = [row for row, line in enumerate(lines) if isinstance(line, Section)]
            self.endResetModel()
            return True
        self._lines = list(lines)
        if lines:
            # Of one range only what can be seen is painted; finding which of thousands changed costs more.
            self._rows_changed(0, len(lines) - 1)
        return False

    def line(self, row: int) -> Line | None:
        """The line of a row."""
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def row_of(self, key: LineKey) -> int:
        """The row of a line; -1 where it is not shown."""
        return self._keys.index(key) if key in self._keys else -1

    def first_source(self) -> int:
        """The first row that is a source; -1 for none."""
        return next((row for row, line in enumerate(self._lines) if isinstance(line, FleetRow)), -1)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Sections included."""
        return 0 if parent.isValid() else len(self._lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Section rows cannot be chosen."""
        if isinstance(self.line(index.row()), Section):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The line for the delegate; words for copying, tooltips and those who hear the screen."""
        line = self.line(index.row())
        if line is None:
            return None
        if role == RECORD:
            return line
        if role == SECTION:
            return (line.title, line.detail) if isinstance(line, Section) else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words.spoken(line, self._now())
        if isinstance(line, FleetRow):
            if role == Qt.ItemDataRole.DisplayRole:
                return words.cell_words(line, index.column())
            if role == Qt.ItemDataRole.ToolTipRole:
                return plain_tip(words.tip(line, index.column())) or None
        elif role == Qt.ItemDataRole.DisplayRole and isinstance(line, Silent):
            return line.view.connection.name if index.column() == words.NAME else ""
        return None
