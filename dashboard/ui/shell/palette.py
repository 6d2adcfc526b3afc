"""The command palette: names, addresses and acts in one field."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from dashboard.ui.actions import key_words
from dashboard.ui.look import Look
from dashboard.ui.shell.finder import Hit
from dashboard.ui.tables.option import box_of, state_of
from dashboard.ui.widgets.buttons import caps, hint
from dashboard.ui.widgets.labels import label, line
from dashboard.ui.widgets.overlay import Overlay

HIT = Qt.ItemDataRole.UserRole + 1
Find = Callable[[str], Sequence[Hit]]
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class _Hits(QAbstractListModel):
    """Hits, with a heading (a text) where a section begins."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: list[Hit | str] = []

    def show(self, hits: Sequence[Hit]) -> None:
        self.beginResetModel()
        self.rows = []
        section = ""
        for hit in hits:
            if hit.section != section:
                section = hit.section
                self.rows.append(section)
            self.rows.append(hit)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == HIT:
            return row
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return row if isinstance(row, str) else f"{row.title}. {row.reason or row.detail}".rstrip(". ")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self.rows[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _HitCells(QStyledItemDelegate):
    """Paints a hit: strip, icon, title, detail or reason, key caps."""

    def __init__(self, look: Look, view: QListView) -> None:
        super().__init__(view)
        self._look = look
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option
        return QSize(100, self._look.row(30 if isinstance(index.data(HIT), str) else 36))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        hit = index.data(HIT)
        box = QRectF(box_of(option))
        tokens = self._look.tokens
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.save()
        painter.setFont(self._look.fonts.get("table"))
        if isinstance(hit, str):
            painter.setPen(QColor(tokens.text3))
            painter.drawText(box.adjusted(16, 6, -16, 0), middle, hit)
            painter.restore()
            return
        if state_of(option) & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(tokens.selected))
            painter.setPen(QColor(tokens.accent))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        if hit.environment is not None:
            color, _ = self._look.environment(hit.environment)
            painter.fillRect(QRectF(16, box.top() + 9, 3, box.height() - 18), QColor(color))
        off = bool(hit.reason)
        icon = self._look.icon(self._view, hit.icon, tokens.text3 if off else tokens.text2)
        painter.drawPixmap(26, int(box.center().y()) - 7, icon)
        painter.setFont(self._look.fonts.get("body"))
        painter.setPen(QColor(tokens.text3 if off else tokens.text))
        right = self._keys(painter, box, hit.key)
        metrics = QFontMetricsF(self._look.fonts.get("body"))
        title = metrics.elidedText(hit.title, Qt.TextElideMode.ElideMiddle, right - 54)
        painter.drawText(box.adjusted(52, 0, 0, 0), middle, title)
        left = 52 + metrics.horizontalAdvance(title) + 10
        painter.setFont(self._look.fonts.get("table"))
        painter.setPen(QColor(tokens.warn if off else tokens.text3))
        room = QRectF(left, box.top(), max(right - left - 8, 0), box.height())
        words = painter.fontMetrics().elidedText(
            hit.reason or hit.detail, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, middle, words)
        painter.restore()

    def _keys(self, painter: QPainter, box: QRectF, key: str) -> float:
        right = box.right() - 16
        if not key:
            return right
        tokens = self._look.tokens
        painter.save()
        small = self._look.fonts.get("small")
        painter.setFont(small)
        metrics = QFontMetricsF(small)
        for word in reversed(key_words(key)):
            width = max(metrics.horizontalAdvance(word) + 10, 18)
            cap = QRectF(right - width, box.center().y() - 8.5, width, 17)
            painter.setPen(QPen(QColor(tokens.line2)))
            painter.drawRoundedRect(cap, 3, 3)
            painter.setPen(QColor(tokens.text2))
            painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), word)
            right -= width + 4
        painter.restore()
        return right


class Palette(Overlay):
    """680 px wide, at y 96. `find` is called for each text."""

    def __init__(self, look: Look, window: QWidget, find: Find, text: str = "") -> None:
        super().__init__(look, window, width=680, height=520, top=96)
        self._find = find
        self.setAccessibleName("Command palette")
        self.field = QLineEdit()
        self.field.setProperty("role", "bare")
        self.field.setPlaceholderText("A name, an address, an act")
        self.field.setAccessibleName("Find, paste or run anything")
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self._icon = QLabel()
        self._icon.setPixmap(look.icon(self, "search", look.tokens.text3))
        self._model = _Hits(self)
        self._list = QListView()
        self._list.setAccessibleName("Found")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setModel(self._model)
        self._list.setItemDelegate(_HitCells(look, self._list))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.clicked.connect(self._choose)
        self._nothing = label("", "why")
        self._nothing.setContentsMargins(16, 12, 16, 12)
        top = QHBoxLayout()
        top.setContentsMargins(16, 8, 16, 8)
        top.setSpacing(12)
        top.addWidget(self._icon)
        top.addWidget(self.field, 1)
        top.addWidget(caps("Esc"))
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 8)
        foot.setSpacing(16)
        foot.addWidget(hint("Up+Down", "move"))
        foot.addWidget(hint("Return", "choose"))
        foot.addStretch(1)
        foot.addWidget(label("> acts   @ connections", "second", "third"))
        outer = QVBoxLayout(self.frame)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        outer.addLayout(top)
        outer.addWidget(line())
        outer.addWidget(self._nothing)
        outer.addWidget(self._list, 1)
        outer.addWidget(line())
        outer.addLayout(foot)
        self.field.setText(text)
        self._search(text)
        self.first_focus = self.field

    def hits(self) -> list[Hit]:
        """What is shown now."""
        return [row for row in self._model.rows if not isinstance(row, str)]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move in the list while the field has the focus."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self._step(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._choose(self._list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _search(self, text: str) -> None:
        self._model.show(self._find(text))
        self._nothing.setText(f"Nothing found for “{text}”.")
        self._nothing.setVisible(not self._model.rows)
        self._list.setCurrentIndex(QModelIndex())
        self._step(1)

    def _step(self, by: int) -> None:
        rows = self._model.rows
        row = self._list.currentIndex().row() + by
        while 0 <= row < len(rows) and isinstance(rows[row], str):
            row += by
        if 0 <= row < len(rows):
            index = self._model.index(row)
            self._list.setCurrentIndex(index)
            self._list.scrollTo(index)

    def _choose(self, index: QModelIndex) -> None:
        hit = index.data(HIT) if index.isValid() else None
        if isinstance(hit, Hit) and not hit.reason:
            self.close_overlay()
            hit.run()
