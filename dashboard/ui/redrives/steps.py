"""The left side of a plan: one row a step, its name and what it says or asks."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from dashboard.core.runs import Pace, Plan, PlanTarget
from dashboard.core.text import one_line
from dashboard.core.words import count, plural, size
from dashboard.ui.around import at_time
from dashboard.ui.bench import Bench
from dashboard.ui.look import Look
from dashboard.ui.redrives.drafts import BRAKE_PERCENT
from dashboard.ui.redrives.numbers import NumberField, RateControl
from dashboard.ui.redrives.words import pace_words
from dashboard.ui.tables.cells import Cells
from dashboard.ui.tables.listed import ListedModel
from dashboard.ui.tables.table import Table
from dashboard.ui.widgets.buttons import CheckBox
from dashboard.ui.widgets.labels import Elided, label, line

NAME = 96


class Steps(QWidget):
    """Steps one below the other with a hairline between."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addStretch(1)

    def add(self, name: str, inside: QWidget | QLayout) -> QFrame:
        """A step; what it says fills the right."""
        step = QFrame()
        row = QHBoxLayout(step)
        row.setContentsMargins(16, 12, 20, 14)
        row.setSpacing(0)
        title: QLabel = label(name, "section")
        title.setFixedWidth(NAME)
        row.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        if isinstance(inside, QLayout):
            row.addLayout(inside, 1)
        else:
            row.addWidget(inside, 1)
        outer = QFrame()
        column = QVBoxLayout(outer)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(step)
        column.addWidget(line())
        self._rows.insertWidget(self._rows.count() - 1, outer)
        outer.setAccessibleName(name)
        return outer


class WhatStep(QWidget):
    """How many, of what, from which reading."""

    def __init__(self) -> None:
        super().__init__()
        self._number = label("–", "headline")
        self._words = Elided("", "body")
        self._query = label("", "second", wrap=True)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self._number)
        top.addWidget(self._words, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        outer.addLayout(top)
        outer.addWidget(self._query)

    def show_plan(self, plan: Plan, bench: Bench) -> None:
        """Says the set."""
        chosen = plan.draft.selection
        at = at_time(plan.read_at, bench.now().astimezone())
        self._number.setText(count(plan.frozen))
        noun = "message" if plan.frozen == 1 else "messages"
        self._words.setText(f"{noun} of {one_line(plan.source.source, 80)}, frozen from the reading of {at}")
        parts = [f"matching {one_line(chosen.where, 200)}" if chosen.where else "all that were read"]
        if chosen.ids:
            parts = ["ticked one by one"]
        if chosen.excluded:
            parts.append(f"less {count(len(chosen.excluded))} unticked")
        parts.append(size(plan.bytes))
        if plan.redriven_before:
            parts.append(f"{count(plan.redriven_before)} redriven before")
        self._query.setText(", ".join(parts))


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


class PaceStep(QWidget):
    """Canary, watch, brake and rate. `changed(pace)`."""

    changed = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._pace = Pace()
        self.canary = NumberField("Canary messages", 0, 1_000_000)
        self.watch = NumberField("Seconds to watch the canary", 0, 86_400)
        self.brake = NumberField("Percent that may come back", 0.001, 100, whole=False)
        self.rate = RateControl(look)
        self._watching = _row(
            label("watch", "second"), self.watch, label("s for messages that come back", "second")
        )
        first = _row(
            label("Canary", "source"), self.canary, label("sent first, then", "second"), self._watching
        )
        brake = _row(
            label("Stop", "source"), label("when", "second"), self.brake,
            label("% of the last 60 s came back", "second"),
        )  # fmt: skip
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        outer.addWidget(first)
        outer.addWidget(brake)
        outer.addWidget(self.rate)
        self.canary.changed.connect(lambda value: self._change(canary=int(value or 0)))
        self.watch.changed.connect(lambda value: self._change(watch_s=float(value or 0.0)))
        self.brake.changed.connect(lambda value: self._change(brake_percent=float(value or BRAKE_PERCENT)))
        self.rate.changed.connect(lambda value: self._change(rate=value))

    def show_pace(self, pace: Pace) -> None:
        """Shows a draft's pace."""
        self._pace = pace
        self.canary.show_value(pace.canary)
        self.watch.show_value(pace.watch_s)
        self.brake.show_value(pace.brake_percent)
        self.rate.show_rate(pace.rate)
        self._watching.setEnabled(pace.canary > 0)

    def show_plan(self, plan: Plan) -> None:
        """How long it takes."""
        self.rate.note.setText(pace_words(plan))

    def _change(self, **parts: float | None) -> None:
        self._pace = replace(self._pace, **parts)  # type: ignore[arg-type]
        self._watching.setEnabled(self._pace.canary > 0)
        self.changed.emit(self._pace)


class CheckStep(QWidget):
    """A choice with a line of what it means. `changed(checked)`."""

    changed = Signal(bool)

    def __init__(self, look: Look, text: str, meaning: Callable[[bool], str]) -> None:
        super().__init__()
        self._meaning = meaning
        self.box = CheckBox(look, text)
        self._words = label("", "second", "third", wrap=True)
        self.box.toggled.connect(self._toggled)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        outer.addWidget(self.box)
        outer.addWidget(self._words)

    def show_value(self, value: bool) -> None:  # noqa: FBT001
        """Shows a draft's choice without telling."""
        self.box.blockSignals(True)
        self.box.setChecked(value)
        self.box.blockSignals(False)
        self._words.setText(self._meaning(value))

    def _toggled(self, value: bool) -> None:  # noqa: FBT001
        self._words.setText(self._meaning(value))
        self.changed.emit(value)


def _row(*widgets: QWidget) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return box
