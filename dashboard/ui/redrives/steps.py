"""The left side of a plan: one row a step, its name and what it says or asks."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QVBoxLayout,
    QWidget,
)

from dashboard.core.runs import Plan
from dashboard.core.text import one_line
from dashboard.core.words import count, size
from dashboard.ui.around import at_time
from dashboard.ui.bench import Bench
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
