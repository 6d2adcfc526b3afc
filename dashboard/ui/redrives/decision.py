"""What a run that stopped asks: send the others, or nothing more; typed again where the environment asks for it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from adapters.api import Environment
from dashboard.core.runs import RunKind, RunState, RunView
from dashboard.core.words import count, plural
from dashboard.ui.look import Look
from dashboard.ui.redrives.confirm import ConfirmBox
from dashboard.ui.redrives.numbers import RateControl
from dashboard.ui.widgets.labels import label, line


def typed_again(view: RunView) -> str | None:
    """The word that is asked for the rest: after a canary, where one was asked for at the start."""
    return view.typed if view.canary_done and view.state is RunState.STOPPED else None


GOING_ON: dict[RunKind, str] = {
    "redrive": "Going on sends them",
    "purge": "Going on removes them",
    "restore": "Going on puts them back",
}
NOT_BACK: dict[RunKind, str] = {
    "redrive": "what was sent is not called back",
    "purge": "what was removed stays removed",
    "restore": "what was put back stays",
}


class Decision(QWidget):
    """`go_on(typed)` sends the others."""

    go_on = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = label("", "title")
        self._what = label("", "second", wrap=True)
        self.rate = RateControl(look)
        self.confirm = ConfirmBox(look)
        self.confirm.confirmed.connect(self.go_on.emit)
        self.confirm.setFixedWidth(400)
        left = QVBoxLayout()
        left.setSpacing(8)
        for widget in (self._title, self._what):
            left.addWidget(widget)
        rate = QHBoxLayout()
        rate.addWidget(self.rate, 3)
        rate.addStretch(1)
        left.addSpacing(4)
        left.addLayout(rate)
        left.addStretch(1)
        row = QHBoxLayout()
        row.setContentsMargins(16, 12, 20, 12)
        row.setSpacing(24)
        row.addLayout(left, 1)
        row.addWidget(self.confirm, 0, Qt.AlignmentFlag.AlignTop)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(row)
        outer.addWidget(line("line2"))

    def show_run(self, view: RunView) -> None:
        """Says what is left and what going on would do."""
        tally = view.tally
        left = tally.planned + tally.sending
        self._title.setText(f"The other {count(left)}" if tally.moved else f"All {count(left)}")
        pace = "with no limit of rate" if view.pace.rate is None else f"at {view.pace.rate:g} a second"
        back = ""
        if tally.returned:
            back = (
                f" {plural(tally.returned, 'message')} came back, in the source again: none was lost."
                " Nothing here shows that the cause is mended; the brake would stop it again."
            )
        self._what.setText(
            f"{GOING_ON[view.kind]} {pace}. As it is nothing more is done: the run waits, also over a restart."
            f" Cancelling keeps all {count(left)} where they are; {NOT_BACK[view.kind]}.{back}"
        )
        environment = Environment(view.environment) if view.environment else Environment.PRODUCTION
        verb = {"redrive": "Send", "purge": "Remove", "restore": "Put back"}[view.kind]
        rate = "" if view.pace.rate is None else f" at {view.pace.rate:g} a second"
        self.confirm.ask(environment, typed_again(view), f"{verb} {count(left)}{rate}", "again for the rest")
        self.confirm.hold("The run is coming to rest." if view.at_work else "")
        self.rate.show_rate(view.pace.rate)
