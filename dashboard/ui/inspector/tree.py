"""A JSON value as a tree; fields that the failure names are marked, and a value can become a term of the search."""

import re
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from dashboard.core.json_tree import JsonNode
from dashboard.core.words import count, plural
from dashboard.ui.look import Look
from dashboard.ui.tables.option import box_of, state_of

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
NODE = Qt.ItemDataRole.UserRole + 1
NAMED = Qt.ItemDataRole.UserRole + 2
_WORD = re.compile(r"[\w-]+")
_SHORTEST = 3


def named_in(failure: str) -> frozenset[str]:
    """The words of a failure's message that may be names of fields, in lower case."""
    return frozenset(word.lower() for word in _WORD.findall(failure) if len(word) >= _SHORTEST)


def shown(node: JsonNode) -> str:
    """A value in words."""
    if node.kind == "object":
        words = plural(len(node.children) + node.cut, "field")
    elif node.kind == "list":
        words = plural(len(node.children) + node.cut, "element")
    else:
        words = f'"{node.text}"' if node.kind == "text" else node.text
    return f"{words}, {count(node.cut)} not shown" if node.cut else words


class TreeModel(QAbstractItemModel):
    """One column. Nodes are named to Qt by number; the lists hold each node with its parent's number and its row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._named: frozenset[str] = frozenset()
        self._nodes: list[tuple[JsonNode, int, int]] = []
        self._first: list[int] = []

    def show(self, root: JsonNode, failure: str) -> None:
        """Shows a tree; a root that is no container is shown as its only line."""
        self.beginResetModel()
        top = (
            root
            if root.children or root.kind in {"object", "list"}
            else JsonNode("", "list", children=[root])
        )
        self._named = named_in(failure)
        self._nodes = [(top, -1, 0)]
        self._first = []
        # Breadth first, so that the children of a node have numbers side by side.
        for number in range(root.size + 1):
            if number >= len(self._nodes):
                break
            node = self._nodes[number][0]
            self._first.append(len(self._nodes))
            self._nodes += [(child, number, row) for row, child in enumerate(node.children)]
        self.endResetModel()

    def node(self, index: Index) -> JsonNode | None:
        """The node of an index; the root for none, None where nothing is shown."""
        number = index.internalId() if index.isValid() else 0
        return self._nodes[number][0] if number < len(self._nodes) else None

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        """By arithmetic on the numbers."""
        number = parent.internalId() if parent.isValid() else 0
        if column != 0 or not 0 <= row < self.rowCount(parent):
            return QModelIndex()
        return self.createIndex(row, column, self._first[number] + row)

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        """The index above."""
        above = self._nodes[index.internalId()][1] if index.isValid() else 0
        return self.createIndex(self._nodes[above][2], 0, above) if above > 0 else QModelIndex()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Its children."""
        node = self.node(parent)
        return len(node.children) if node is not None else 0

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """One."""
        del parent
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The node for the delegate, words for others."""
        node = self.node(index) if index.isValid() else None
        if node is None:
            return None
        if role == NODE:
            return node
        if role == NAMED:
            return node.key.lower() in self._named
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            named = ", named in the failure" if node.key.lower() in self._named else ""
            return f"{node.key} {shown(node)}{named}"
        return None


class TreeCells(QStyledItemDelegate):
    """Paints key and value; tints what the failure names."""

    def __init__(self, look: Look, view: QTreeView) -> None:
        super().__init__(view)
        self._look = look

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One line."""
        node, named = index.data(NODE), bool(index.data(NAMED))
        box, state = box_of(option), state_of(option)
        tokens, middle = self._look.tokens, int(Qt.AlignmentFlag.AlignVCenter)
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(tokens.selected))
        elif named:
            painter.fillRect(box, QColor(tokens.danger_tint))
        font, small = self._look.fonts.get("mono"), self._look.fonts.get("small")
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(QColor(tokens.warn if node.repeated else tokens.text))
        key = metrics.elidedText(node.key, Qt.TextElideMode.ElideRight, box.width() // 2)
        painter.drawText(box.adjusted(2, 0, 0, 0), middle, key)
        left = metrics.horizontalAdvance(key) + 12
        note = "named in the failure" if named else "this key stands there twice" if node.repeated else ""
        room = box.width() - left - (QFontMetrics(small).horizontalAdvance(note) + 16 if note else 4)
        painter.setPen(QColor(self._color(node)))
        text = metrics.elidedText(shown(node), Qt.TextElideMode.ElideRight, max(room, 0))
        painter.drawText(box.adjusted(left, 0, 0, 0), middle, text)
        if note:
            painter.setFont(small)
            painter.setPen(QColor(tokens.danger if named else tokens.warn))
            painter.drawText(box.adjusted(0, 0, -8, 0), middle | int(Qt.AlignmentFlag.AlignRight), note)
        painter.restore()

    def _color(self, node: JsonNode) -> str:
        tokens = self._look.tokens
        colors = {"text": tokens.syntax_string, "number": tokens.syntax_number}
        return colors.get(node.kind, tokens.text3 if node.kind in {"object", "list"} else tokens.text2)


class BodyTree(QTreeView):
    """Rows of one height, no header. `wanted(path, value)` on Enter: search for letters with this value."""

    wanted = Signal(str, str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.nodes = TreeModel(self)
        self.setModel(self.nodes)
        self.setItemDelegate(TreeCells(look, self))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setAccessibleName("Body as a tree")
        look.changed.connect(self.viewport().update)

    def show_tree(self, root: JsonNode, failure: str) -> None:
        """Shows a tree, opened as far as it is short."""
        self.nodes.show(root, failure)
        self.expandToDepth(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter asks for letters with the chosen value."""
        node = self.nodes.node(self.currentIndex()) if self.currentIndex().isValid() else None
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and node is not None and node.path and node.kind not in {"object", "list"}:
            self.wanted.emit(node.path, node.text)
        else:
            super().keyPressEvent(event)
