"""The keyboard map: every declared act with its keys, searchable."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from dashboard.ui.actions import ActionSpec
from dashboard.ui.look import Look
from dashboard.ui.shell.finder import matches
from dashboard.ui.widgets.buttons import caps
from dashboard.ui.widgets.labels import label, line
from dashboard.ui.widgets.overlay import Overlay

COLUMNS = 3


class KeyMap(Overlay):
    """1060 px wide, in three columns of groups."""

    def __init__(self, look: Look, window: QWidget, table: Sequence[ActionSpec]) -> None:
        super().__init__(look, window, width=1060, height=720)
        self._table = [spec for spec in table if spec.keys]
        self.setAccessibleName("Keyboard map")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find a key or an act")
        self.field.setAccessibleName("Find a key or an act")
        self.field.setFixedWidth(220)
        self.field.textChanged.connect(self._fill)
        top = QHBoxLayout()
        top.setContentsMargins(24, 12, 24, 12)
        top.setSpacing(12)
        top.addWidget(label("Keyboard map", "title"))
        top.addWidget(label("Command takes the place of Ctrl on a Mac", "second", "third"))
        top.addStretch(1)
        top.addWidget(self.field)
        top.addWidget(caps("Esc"))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self.frame)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        outer.addLayout(top)
        outer.addWidget(line())
        outer.addWidget(self._scroll, 1)
        foot = label(
            "Single letters act only while a table or chart has the focus. No single key sends or removes anything.",
            "second",
            "third",
        )
        foot.setContentsMargins(24, 8, 24, 12)
        outer.addWidget(foot)
        self._fill("")
        self.first_focus = self.field

    def _fill(self, text: str) -> None:
        groups: dict[str, list[ActionSpec]] = {}
        for spec in self._table:
            if matches(text, f"{spec.text} {' '.join(spec.keys)} {spec.group}"):
                groups.setdefault(spec.group, []).append(spec)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(48)
        for column in _columns(groups):
            row.addWidget(_column(column), 1, Qt.AlignmentFlag.AlignTop)
        self._scroll.setWidget(holder)


def _columns(groups: dict[str, list[ActionSpec]]) -> list[list[tuple[str, list[ActionSpec]]]]:
    """The groups in order, over columns of about the same height."""
    columns: list[list[tuple[str, list[ActionSpec]]]] = [[] for _ in range(COLUMNS)]
    goal = sum(len(specs) + 2 for specs in groups.values()) / COLUMNS
    place = 0
    filled = 0.0
    for name, specs in groups.items():
        if filled and filled + len(specs) / 2 > goal and place < COLUMNS - 1:
            place += 1
            filled = 0.0
        columns[place].append((name, specs))
        filled += len(specs) + 2
    return columns


def _column(groups: list[tuple[str, list[ActionSpec]]]) -> QWidget:
    box = QWidget()
    outer = QVBoxLayout(box)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    for name, specs in groups:
        title = label(name, "section")
        title.setContentsMargins(0, 8, 0, 6)
        outer.addWidget(title)
        for spec in specs:
            row = QHBoxLayout()
            row.setContentsMargins(0, 5, 0, 5)
            row.addWidget(label(spec.text, "second"), 1)
            for key in spec.keys:
                row.addWidget(caps(key))
            outer.addLayout(row)
            outer.addWidget(line())
        outer.addSpacing(12)
    return box
