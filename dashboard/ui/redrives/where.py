"""Where the messages of a plan go: its targets with their counts, and another one for all."""

from PySide6.QtCore import QRect, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from dashboard.core.runs import Plan, PlanTarget
from dashboard.core.text import one_line
from dashboard.core.words import count, plural
from dashboard.ui.look import Look
from dashboard.ui.tables.cells import Cells
from dashboard.ui.tables.listed import ListedModel
from dashboard.ui.tables.table import Table


class TargetCells(Cells):
    """A target, its messages, who named it, and how it is now."""

    def cell(self, painter: QPainter, box: QRect, record: object, column: int) -> None:
        """What is blocked is red and says why."""
        assert isinstance(record, PlanTarget)
        tokens = self.look.tokens
        if column == 0:
            self.text(painter, box, one_line(record.target, 120), tokens.text)
        elif column == 1:
            self.text(painter, box, count(record.count), tokens.text, role="source", right=True)
        elif column == 2:
            self.text(painter, box, one_line(record.said_by, 60), tokens.text3)
        else:
            self.text(painter, box, target_now(record), tokens.danger if record.blocked else tokens.text2)


def target_now(target: PlanTarget) -> str:
    """How a target is now."""
    if target.blocked:
        return f"kept here: {one_line(target.blocked, 200)}"
    waiting = f"{count(target.backlog)} waiting" if target.backlog is not None else "waiting not known"
    readers = f"{plural(len(target.fan_out), 'consumer')} read it, " if target.fan_out else ""
    return f"{readers}{waiting}"


class WhereStep(QWidget):
    """The targets with their counts, and another one for all. `changed(target or None)`."""

    changed = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._model = ListedModel[PlanTarget](
            ("Target", "Messages", "Named by", "Now"),
            lambda target: target.target,
            lambda target, column: (
                one_line(target.target), str(target.count), one_line(target.said_by), target_now(target),
            )[column],
            lambda target: one_line(f"{target.target}, {plural(target.count, 'message')}, {target_now(target)}"),
            frozenset({1}),
            self,
        )  # fmt: skip
        self.table = Table(look, "Targets", row=26)
        self.table.setItemDelegate(TargetCells(look, self.table))
        self.table.setModel(self._model)
        self.table.set_widths((230, 84, 120, 200), stretch=3)
        self.own = QRadioButton("Each to its own origin")
        self.other = QRadioButton("Another")
        self.field = QLineEdit()
        self.field.setPlaceholderText("target for all of them")
        self.field.setAccessibleName("Target for all of them")
        self.field.setMaximumWidth(320)
        self._wait = QTimer(self, singleShot=True, interval=300)
        self._wait.timeout.connect(self._tell)
        self.own.toggled.connect(self._chosen)
        self.field.textEdited.connect(self._typed)
        ways = QHBoxLayout()
        ways.setSpacing(16)
        ways.addWidget(self.own)
        ways.addWidget(self.other)
        ways.addWidget(self.field, 1)
        ways.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(10)
        outer.addWidget(self.table)
        outer.addLayout(ways)

    def begin(self, to: str | None, own: str = "Each to its own origin") -> None:
        """Shows a draft's wish."""
        self.own.setText(own)
        self.own.blockSignals(True)
        self.own.setChecked(to is None)
        self.other.setChecked(to is not None)
        self.own.blockSignals(False)
        self.field.setText(to or "")
        self.field.setEnabled(True)

    def show_targets(self, plan: Plan) -> None:
        """Shows the plan's targets."""
        self._model.show(plan.targets)
        rows = min(max(len(plan.targets), 1), 8)
        self.table.setFixedHeight(self._look.row(28) + rows * self._look.row(26) + 2)

    def _typed(self, text: str) -> None:
        self.other.setChecked(bool(text))
        self.own.setChecked(not text)
        self._wait.start()

    def _chosen(self) -> None:
        if self.other.isChecked() and not self.field.text():
            self.field.setFocus()
        self._wait.start()

    def _tell(self) -> None:
        to = self.field.text().strip()
        if self.own.isChecked():
            self.changed.emit(None)
        elif to:
            self.changed.emit(to)
