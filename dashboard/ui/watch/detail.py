"""The past of the chosen source: what waits, what comes in and goes out, how old the oldest is."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from adapters.api import Measure, RedriveError
from dashboard.bridge.commands import Handle
from dashboard.core.fleet import FleetRow, ResourceKey, SeriesData
from dashboard.core.text import one_line
from dashboard.core.words import count
from dashboard.ui.bench import Bench
from dashboard.ui.charts.spec import ChartData, ChartSpec, Line, Threshold
from dashboard.ui.widgets.buttons import hint
from dashboard.ui.widgets.labels import Elided, label, line

if TYPE_CHECKING:
    from dashboard.ui.charts.stack import ChartStack

SPECS = (
    ChartSpec("depth", "Waiting", "messages"),
    ChartSpec("rates", "In and out", "a second"),
    ChartSpec("age", "Oldest message", "age", "s"),
)
MEASURES = (Measure.DEPTH, Measure.IN_RATE, Measure.OUT_RATE, Measure.OLDEST_AGE_S)
SPANS: tuple[tuple[float, str], ...] = ((900, "15 min"), (3600, "1 h"), (21600, "6 h"), (86400, "24 h"))
TOGETHER = 0.6
"""A limit is drawn once this share of it is reached."""


SHORTER = (120.0, 300.0, 900.0, 3600.0, 6 * 3600.0)
"""Windows, in seconds, for what was watched for less than the chosen one."""
ROOM = 1.15


class Detail(QWidget):
    """Asks for the series of one source and draws them; the charts are imported after the first paint."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench
        self._row: FleetRow | None = None
        self._span = 900.0
        self._asked: Handle[Sequence[SeriesData]] | None = None
        self._series: dict[Measure, SeriesData] = {}
        self.stack: ChartStack | None = None
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name = label("", "section")
        self._of = Elided("", "second", "third")
        top = QHBoxLayout()
        top.setContentsMargins(16, 6, 16, 2)
        top.setSpacing(12)
        top.addWidget(self._name)
        top.addWidget(self._of, 1)
        top.addWidget(hint("D", "dead letters"))
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._outer.addWidget(line("line2"))
        self._outer.addLayout(top)
        self._blank = QWidget()
        self._outer.addWidget(self._blank, 1)
        bench.ticker.register(self, self._draw)
        bench.look.changed.connect(lambda: bench.ticker.mark(self))
        QTimer.singleShot(0, self, self._load)

    def _load(self) -> None:
        from dashboard.ui.charts.stack import ChartStack

        self.stack = ChartStack(self._bench.look, SPECS, "Charts of the chosen source")
        self._outer.replaceWidget(self._blank, self.stack)
        self._blank.deleteLater()
        self._bench.ticker.mark(self)

    def show_row(self, row: FleetRow | None) -> None:
        """Shows a source; its series are asked again, since a new snapshot came or another row was chosen."""
        other = row is None or self._row is None or row.key != self._row.key
        self._row = row
        if other:
            self._series = {}
            self._bench.ticker.mark(self)
        self._name.setText(one_line(row.key.name, 120) if row else "No source is chosen")
        self._of.setText(_words(row) if row else "")
        self.setAccessibleName(f"{one_line(row.key.name, 120)} of {row.key.connection}" if row else "")
        if row is not None and (other or self._asked is None):
            self._ask(row.key)

    def show_span(self, span: float) -> None:
        """Changes the length of the window, in seconds."""
        self._span = span
        if self._row is not None:
            self._ask(self._row.key)

    def _ask(self, key: ResourceKey) -> None:
        if self._asked is not None:
            self._asked.cancel()
        since = self._bench.now().timestamp() - self._span * 1.1

        def came(series: Sequence[SeriesData]) -> None:
            self._asked = None
            if self._row is not None and self._row.key == key:
                self._series = {one.measure: one for one in series}
                self._bench.ticker.mark(self)

        self._asked = self._bench.commands.ask(
            self, lambda desk: desk.series(key, MEASURES, since), came, self._failed
        )

    def _failed(self, error: RedriveError) -> None:
        self._asked = None
        self._of.setText(one_line(str(error)))

    def _draw(self) -> None:
        if self.stack is not None:
            self.stack.draw(self._content(), self._bench.now().timestamp(), self._shown_span())

    def _shown_span(self) -> float:
        """The chosen window, or a shorter one while little of it was watched: two minutes in a day are a dot."""
        first = min((one.times[0] for one in self._series.values() if one.times), default=math.nan)
        if math.isnan(first):
            return self._span
        watched = (self._bench.now().timestamp() - first) * ROOM
        return next((span for span in SHORTER if watched <= span < self._span), self._span)

    def _content(self) -> dict[str, ChartData]:
        tokens = self._bench.look.tokens
        return {
            "depth": self._chart([(Measure.DEPTH, tokens.waiting, "")], limit=True),
            "rates": self._chart(
                [(Measure.IN_RATE, tokens.measure_in, "in"), (Measure.OUT_RATE, tokens.measure_out, "out")]
            ),
            "age": self._chart([(Measure.OLDEST_AGE_S, tokens.waiting, "")]),
        }

    def _chart(self, wanted: Sequence[tuple[Measure, str, str]], *, limit: bool = False) -> ChartData:
        row = self._row
        if row is None:
            return ChartData()
        lines = [
            Line(self._series[measure], color, word)
            for measure, color, word in wanted
            if measure in self._series
        ]
        gaps = {gap: None for one in lines for gap in (*one.series.gaps, *self._unwatched(one.series, row))}
        marks = {mark: None for one in lines for mark in one.series.marks}
        first = wanted[0][0]
        unknown = row.why.get(first, "") if math.isnan(row.values.get(first, math.nan)) else ""
        return ChartData(
            tuple(lines),
            self._limit(row) if limit else (),
            tuple(gaps),
            tuple(marks),
            one_line(unknown, 60),
        )

    def _unwatched(self, series: SeriesData, row: FleetRow) -> list[tuple[float, float]]:
        """Before the first reading and since the last one, when that is old, there are no data."""
        now = self._bench.now().timestamp()
        start = now - self._shown_span() * 1.1
        if not series.times:
            return [(start, now)] if not row.why.get(series.measure) else []
        gaps = []
        if series.times[0] - start > self._shown_span() / 50:
            gaps.append((start, series.times[0]))
        if row.stale:
            gaps.append((series.times[-1], now))
        return gaps

    def _limit(self, row: FleetRow) -> tuple[Threshold, ...]:
        depth = row.values.get(Measure.DEPTH, math.nan)
        if row.resource.limit is None or math.isnan(depth) or depth < row.resource.limit * TOGETHER:
            return ()
        words = f"{count(row.resource.limit)}, {one_line(row.resource.at_limit, 60)}".rstrip(", ")
        return (Threshold(float(row.resource.limit), words, self._bench.look.tokens.danger),)


def _words(row: FleetRow) -> str:
    why = f"   {one_line(row.verdict_why, 200)}" if row.verdict_why else ""
    return f"{row.key.connection}{why}"
