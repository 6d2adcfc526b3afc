"""The lowest line: how many connections answer, what is stale, off or not known, the run under way, the local time."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from dashboard.core.connections import Answer
from dashboard.core.fleet import FleetSnapshot, Need
from dashboard.core.runs import RunView
from dashboard.core.words import plural, rate, share
from dashboard.ui.look import Look
from dashboard.ui.widgets.marks import Mark, paint_mark

HEIGHT = 26


class StatusBar(QWidget):
    """Painted; one accessible sentence."""

    def __init__(self, look: Look, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._look = look
        self._now = now
        self._left: list[tuple[Mark, str]] = []
        self._run = "No redrive running"
        self.setFixedHeight(look.row(HEIGHT))
        look.changed.connect(self.update)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self.update)
        self._clock.start()

    def show_fleet(self, snapshot: FleetSnapshot) -> None:
        """Counts the connections and the sources that are not known."""
        self._left = fleet_words(snapshot)
        self._say()

    def show_runs(self, runs: Sequence[RunView]) -> None:
        """Names the run under way."""
        active = [run for run in runs if run.state.active]
        if len(active) == 1:
            self._run = run_words(active[0])
        else:
            self._run = f"{len(active)} redrives running" if active else "No redrive running"
        self._say()

    def _say(self) -> None:
        self.setAccessibleName(", ".join([*(text for _, text in self._left), self._run]))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws marks and words from both ends."""
        del event
        tokens = self._look.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.sidebar))
        painter.fillRect(0, 0, self.width(), 1, QColor(tokens.line))
        font = self._look.fonts.get("small")
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        left = 16.0
        for mark, text in self._left:
            if mark != "none":
                paint_mark(painter, QRectF(left - 2, 0, 14, self.height()), mark, tokens)
                left += 18
            painter.setPen(QColor(tokens.text2))
            painter.drawText(QRectF(left, 0, 400, self.height()), middle, text)
            left += metrics.horizontalAdvance(text) + 20
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        time = time_words(self._now())
        painter.setPen(QColor(tokens.text2))
        painter.drawText(QRectF(0, 0, self.width() - 16, self.height()), right, f"{self._run}     {time}")


def fleet_words(snapshot: FleetSnapshot) -> list[tuple[Mark, str]]:
    """What stands at the left."""
    views = snapshot.connections
    if not views:
        return [("none", "No connections")]
    answering = sum(view.answer is Answer.ANSWERS for view in views)
    stale = sum(view.answer is Answer.STALE for view in views)
    off = sum(view.answer is Answer.DISCONNECTED for view in views)
    unknown = sum(row.need is Need.NOT_KNOWN for row in snapshot.rows)
    words: list[tuple[Mark, str]] = [
        (
            "ok" if answering == len(views) else "warn",
            f"{answering} of {plural(len(views), 'connection')} answer",
        )
    ]
    if len(views) == 1 and answering == 1:
        words = [("ok", "1 connection answers")]
    if stale:
        words.append(("stale", f"{stale} stale"))
    if off:
        words.append(("off", f"{off} disconnected"))
    if unknown:
        words.append(("unknown", f"{unknown} of {plural(len(snapshot.rows), 'source')} not known"))
    return words


def run_words(run: RunView) -> str:
    """A run in one line: "Redrive R-0148  29.5 %  70/s"."""
    tally = run.tally
    ended = tally.moved + tally.kept + tally.gone + tally.unknown
    speed = f"  {rate(run.sent_rate)}" if run.sent_rate is not None else ""
    return f"{run.kind.title()} {run.name}  {share(ended, tally.frozen)}{speed}"


def time_words(now: datetime) -> str:
    """The local time with its distance from UTC."""
    local = now.astimezone()
    offset = local.utcoffset()
    hours = offset.total_seconds() / 3600 if offset is not None else 0
    zone = f"UTC{hours:+g}" if hours else "UTC"
    return f"Local time {local:%H:%M:%S} ({zone})"
