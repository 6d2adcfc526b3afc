"""The delegate that paints every cell itself: ground, outline, strip, text; subclasses paint what is special."""

from collections import OrderedDict

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from dashboard.ui.fonts import Role
from dashboard.ui.look import Look
from dashboard.ui.tables.option import box_of, state_of
from dashboard.ui.tables.table import RECORD, SECTION, Table

Index = QModelIndex | QPersistentModelIndex
PADDING = 8
_KEPT = 4000
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class Cells(QStyledItemDelegate):
    """Subclasses override `cell`, which gets the row's record; text is elided and the cut remembered."""

    def __init__(self, look: Look, table: Table) -> None:
        super().__init__(table)
        self.look = look
        self.table = table
        self._cut: OrderedDict[tuple[str, int, str], str] = OrderedDict()
        self.font: QFont = look.fonts.get("table")

    def cell(self, painter: QPainter, box: QRect, record: object, column: int) -> None:
        """Paints one cell over its ground; `box` is inside the padding."""
        raise NotImplementedError

    def strip(self, record: object) -> str:
        """The colour of the 3-px bar at the left edge of a record's row; empty for none."""
        del record
        return ""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, outline, then section, placeholder or cell."""
        box, state = box_of(option), state_of(option)
        tokens = self.look.tokens
        section = index.data(SECTION)
        selected = bool(state & QStyle.StateFlag.State_Selected) and section is None
        hovered = self.table.hovered == index.row() and section is None
        ground = tokens.selected if selected else tokens.hover if hovered else tokens.surface
        painter.save()
        painter.fillRect(box, QColor(tokens.surface if section else ground))
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, QColor(tokens.line))
        if section is not None:
            self._section(painter, box, section)
        else:
            record = index.data(RECORD)
            if index.column() == 0 and record is not None and self.strip(record):
                painter.fillRect(box.left(), box.top(), 3, box.height() - 1, QColor(self.strip(record)))
            if record is None:
                painter.fillRect(box.adjusted(PADDING, 10, -PADDING * 3, -11), QColor(tokens.line))
            else:
                self.cell(painter, box.adjusted(PADDING, 0, -PADDING, -1), record, index.column())
            if selected:
                self._outline(painter, box, index)
        painter.restore()

    def text(
        self,
        painter: QPainter,
        box: QRect,
        text: str,
        color: str,
        *,
        role: Role = "table",
        right: bool = False,
    ) -> int:
        """One line of text, cut to the box; returns its width."""
        font = self.look.fonts.get(role)
        shown = self.cut(text, box.width(), role)
        painter.setFont(font)
        painter.setPen(QColor(color))
        painter.drawText(box, RIGHT if right else LEFT, shown)
        return QFontMetrics(font).horizontalAdvance(shown)

    def advance(self, text: str, role: Role = "table") -> int:
        """How wide a text is, in pixels."""
        return QFontMetrics(self.look.fonts.get(role)).horizontalAdvance(text)

    def cut(self, text: str, width: int, role: Role = "table") -> str:
        """The text as it fits."""
        key = (text, width, role)
        shown = self._cut.get(key)
        if shown is None:
            metrics = QFontMetrics(self.look.fonts.get(role))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._cut[key] = shown
            if len(self._cut) > _KEPT:
                self._cut.popitem(last=False)
        return shown

    def icon(self, painter: QPainter, box: QRect, name: str, color: str, size: int = 14) -> None:
        """An icon at the left of the box, in its middle."""
        top = box.top() + (box.height() - size) // 2
        painter.drawPixmap(box.left(), top, self.look.icon(self.table, name, color, size))

    def _section(self, painter: QPainter, box: QRect, section: tuple[str, str]) -> None:
        title, detail = section
        tokens = self.look.tokens
        inner = box.adjusted(16, 0, -16, 0)
        width = self.text(painter, inner, title, tokens.text2, role="button")
        self.text(painter, inner.adjusted(width + 8, 0, 0, 0), detail, tokens.text3)

    def _outline(self, painter: QPainter, box: QRect, index: Index) -> None:
        # Only the pane that has the keys says so: the same row elsewhere is merely remembered.
        tokens = self.look.tokens
        painter.setPen(QColor(tokens.accent if self.table.hasFocus() else tokens.line2))
        painter.drawLine(box.left(), box.top(), box.right(), box.top())
        painter.drawLine(box.left(), box.bottom(), box.right(), box.bottom())
        header = self.table.horizontalHeader()
        place = header.visualIndex(index.column())
        shown = [
            section
            for section in range(header.count())
            if not header.isSectionHidden(header.logicalIndex(section))
        ]
        if shown and place == shown[0]:
            painter.drawLine(box.left(), box.top(), box.left(), box.bottom())
        if shown and place == shown[-1]:
            painter.drawLine(box.right(), box.top(), box.right(), box.bottom())


def inner(box: QRect) -> QRectF:
    """The same box in floating point."""
    return QRectF(box)
