"""What a person chooses in a plan: canary, watch, brake, rate, and choices that are ticked."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from dashboard.core.runs import Pace, Plan
from dashboard.ui.look import Look
from dashboard.ui.redrives.drafts import BRAKE_PERCENT
from dashboard.ui.redrives.numbers import NumberField, RateControl
from dashboard.ui.redrives.words import pace_words
from dashboard.ui.widgets.buttons import CheckBox
from dashboard.ui.widgets.labels import label


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
