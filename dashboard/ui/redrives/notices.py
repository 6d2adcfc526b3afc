"""What of a run waits for a person, one line each with its acts; made from the same view as the accounting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from dashboard.core.runs import RunState, RunView
from dashboard.core.text import one_line
from dashboard.core.words import count, plural
from dashboard.ui.look import Look
from dashboard.ui.redrives.words import STOPPING, canary_asks, watch_of
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import Elided, clear, label, line
from dashboard.ui.widgets.marks import HealthMark, Mark


@dataclass(frozen=True, slots=True)
class Notice:
    """A line: its mark, a strong beginning, the rest, and acts by their names."""

    mark: Mark
    lead: str
    text: str
    acts: tuple[str, ...] = ()


def notices(view: RunView) -> tuple[Notice, ...]:
    """What must be said of a run below its accounting."""
    tally = view.tally
    found: list[Notice] = []
    if view.state is RunState.CUT:
        found.append(
            Notice(
                "warn",
                "Cut off:",
                f"{one_line(view.reason, 200)}. Going on first settles the {count(tally.sending)} in flight;"
                f" on the command line: {view.resume}",
                ("resume",),
            )
        )
    elif view.state is RunState.HELD:
        found.append(Notice("pending", "Held:", f"{one_line(view.reason, 300)} It goes on by itself."))
    elif canary_asks(view) and not tally.returned:
        found.append(Notice("ok", "Canary:", one_line(view.reason, 400)))
    elif view.state is RunState.STOPPED:
        found.append(
            Notice(
                "danger",
                "Stopped:",
                one_line(view.reason, 400),
                ("returned", "source") if tally.returned else (),
            )
        )
    elif view.state is RunState.PAUSED:
        why = one_line(view.reason, 300) or "by request"
        found.append(Notice("pending", "Pausing:" if view.at_work else "Paused:", f"{why}."))
    elif view.state is RunState.WATCHING:
        lead = {"canary": "Canary:", "last": "All sent:", "stop": "Stopping:"}[watch_of(view) or "canary"]
        said = view.reason.removeprefix(STOPPING).removeprefix("all is sent; ")
        found.append(Notice("pending", lead, one_line(said, 300)))
    if tally.unknown:
        text = "written, then no confirm came: the copy may be there or not. None is sent again unasked."
        acts = ("unknown",) if view.at_work else ("unknown", "look", "leave", "again")
        found.append(Notice("unknown", f"{count(tally.unknown)} unknown:", text, acts))
    if tally.left_behind:
        text = "copied, and the original is still there: a double that is named in the ledger."
        found.append(Notice("warn", f"{count(tally.left_behind)} left behind:", text))
    if tally.twice:
        text = "after a cut; the ledger names them with Times 2 or more."
        found.append(Notice("warn", f"{plural(tally.twice, 'message')} sent twice", text))
    if tally.copied and not view.state.active:
        text = "their originals are removed next."
        found.append(Notice("pending", f"{count(tally.copied)} of those in flight are copied:", text))
    return tuple(found)


ACTS = {
    "resume": "Resume",
    "unknown": "Show them",
    "returned": "Show them",
    "source": "Look why",
    "look": "Look again",
    "leave": "Leave",
    "again": "Send again (may arrive twice)",
}


class NoticeLines(QWidget):
    """28 px a line. `acts` does an act by its name."""

    def __init__(self, look: Look, acts: Callable[[str], None]) -> None:
        super().__init__()
        self._look = look
        self._acts = acts
        self._shown: tuple[Notice, ...] = ()
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self.setVisible(False)

    def show_notices(self, found: Sequence[Notice]) -> None:
        """Shows them; what did not change keeps its widgets and the focus in them."""
        if tuple(found) == self._shown:
            return
        self._shown = tuple(found)
        clear(self._rows)
        for notice in found:
            self._rows.addWidget(self._line(notice))
        self.setVisible(bool(found))

    def _line(self, notice: Notice) -> QWidget:
        box = QFrame()
        box.setProperty("ground", "surface")
        box.setAccessibleName(f"{notice.lead} {notice.text}")
        row = QHBoxLayout()
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        mark = HealthMark(self._look)
        mark.show_mark(notice.mark)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(label(notice.lead, "source", "danger" if notice.mark in {"danger", "unknown"} else ""))
        row.addWidget(Elided(notice.text, "second"), 1)
        for act in notice.acts:
            row.addWidget(Button(self._look, ACTS[act], "link", run=partial(self._acts, act)))
        outer = QVBoxLayout(box)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        box.setFixedHeight(self._look.row(30))
        outer.addLayout(row, 1)
        outer.addWidget(line())
        return box
