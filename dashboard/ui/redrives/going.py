"""While a run goes: the rate that is wanted and the rate that is sent, and what is left at this pace."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dashboard.core.runs import RunState, RunView
from dashboard.core.words import duration, rate
from dashboard.ui.bench import Bench
from dashboard.ui.redrives.numbers import RateControl
from dashboard.ui.redrives.sent import SentChart
from dashboard.ui.widgets.labels import label, line

HEIGHT = 210


class Going(QWidget):
    """604 the rate | 604 what was sent, from the views that came."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(bench.look.row(HEIGHT))
        self.rate = RateControl(bench.look, live=False)
        self._words = label("", "second", wrap=True)
        self._brake = label("", "second", wrap=True)
        self.chart = SentChart(bench)
        left = QVBoxLayout()
        left.setContentsMargins(16, 12, 16, 12)
        left.setSpacing(10)
        left.addWidget(self.rate)
        left.addWidget(self._words)
        left.addWidget(self._brake)
        left.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(line("vline"))
        row.addWidget(self.chart, 1)

    def show_run(self, view: RunView) -> None:
        """Follows a run."""
        self.rate.show_rate(view.pace.rate)
        self.chart.show_run(view)
        sent = view.sent_rate
        self.rate.note.setText("" if sent is None else f"sent {rate(sent)}")
        if view.state is RunState.RUNNING and sent:
            left = duration(view.tally.planned / sent)
            self._words.setText(f"At this pace the rest takes {left}.")
        else:
            self._words.setText("")
        if view.kind == "redrive":
            self._brake.setText(
                f"The brake stops the run when {view.pace.brake_percent:g} % of the last 60 s came back, from 20 sent on."
            )
