"""The table view of all pages: no grid, rows of one height, section rows across, keys without arrows."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from dashboard.ui.look import Look

RECORD = Qt.ItemDataRole.UserRole + 1
"""The row's record, the same for every column; None while it is being fetched."""
SECTION = Qt.ItemDataRole.UserRole + 2
"""The text of a section row as (title, detail); None for other rows."""

Index = QModelIndex | QPersistentModelIndex


class Table(QTableView):
    """`opened(row)` on Enter or a double click, `moved(row)` when the current row changes (-1: none)."""

    opened = Signal(int)
    moved = Signal(int)
    spaced = Signal(int)

    def __init__(self, look: Look, name: str, *, row: int = 28, header: int = 28) -> None:
        super().__init__()
        self._look = look
        self.hovered = -1
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        upright = self.verticalHeader()
        upright.hide()
        upright.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        upright.setMinimumSectionSize(1)
        upright.setDefaultSectionSize(look.row(row))
        across = self.horizontalHeader()
        across.setFixedHeight(look.row(header))
        across.setHighlightSections(False)
        across.setSectionsClickable(False)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setMinimumSectionSize(1)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        look.changed.connect(self.viewport().update)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Follows the section rows of the model."""
        super().setModel(model)
        if model is not None:
            model.modelReset.connect(self.respan)
            model.layoutChanged.connect(self.respan)
            self.respan()

    def respan(self) -> None:
        """Lets section rows reach across; the model says which they are in `section_rows`."""
        model = self.model()
        rows: Sequence[int] = getattr(model, "section_rows", ())
        self.clearSpans()
        for row in rows:
            self.setSpan(row, 0, 1, model.columnCount())

    def set_widths(self, widths: Sequence[int], stretch: int = -1) -> None:
        """Column widths in pixels; column `stretch` takes what is left."""
        header = self.horizontalHeader()
        for column, width in enumerate(widths):
            self.setColumnHidden(column, width == 0)
            if width:
                header.resizeSection(column, width)
        if stretch >= 0:
            header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)

    def select_row(self, row: int) -> None:
        """Makes a row the current one without taking the focus."""
        index = self.model().index(row, 0)
        if index.isValid() and row != self.currentIndex().row():
            self.setCurrentIndex(index)
            self.selectRow(row)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tells the current row."""
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            self.moved.emit(current.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """J and K move, Enter opens, Space ticks, Ctrl+C copies; letters never search."""
        key = event.key()
        current = self.currentIndex().row()
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif key in {Qt.Key.Key_J, Qt.Key.Key_Down}:
            self.step(1)
        elif key in {Qt.Key.Key_K, Qt.Key.Key_Up}:
            self.step(-1)
        elif key == Qt.Key.Key_Home:
            self._to_end(-1)
        elif key == Qt.Key.Key_End:
            self._to_end(1)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and current >= 0:
            self.opened.emit(current)
        elif key == Qt.Key.Key_Space and current >= 0:
            self.spaced.emit(current)
        elif event.text().isprintable() and event.text() and not event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def step(self, by: int) -> None:
        """Moves by one row over section rows."""
        model = self.model()
        row = self.currentIndex().row() + by
        while 0 <= row < model.rowCount():
            if model.index(row, 0).flags() & Qt.ItemFlag.ItemIsSelectable:
                self._go(row)
                return
            row += by

    def _to_end(self, by: int) -> None:
        rows = self.model().rowCount()
        if rows:
            self.setCurrentIndex(self.model().index(0 if by < 0 else rows - 1, 0))
            if not self.currentIndex().flags() & Qt.ItemFlag.ItemIsSelectable:
                self.step(-by)
            else:
                self._go(self.currentIndex().row())

    def _go(self, row: int) -> None:
        index = self.model().index(row, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def _copy(self) -> None:
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})[:10_000]
        model = self.model()
        lines = [
            "\t".join(str(model.index(row, column).data() or "") for column in range(model.columnCount()))
            for row in rows
        ]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Keeps the row under the pointer."""
        self._hover(event.position().toPoint())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: object) -> None:
        """No row is under the pointer."""
        del event
        self._hover(QPoint(-1, -1))

    def _hover(self, point: QPoint) -> None:
        row = self.indexAt(point).row()
        if row != self.hovered:
            self.hovered = row
            self.viewport().update()
