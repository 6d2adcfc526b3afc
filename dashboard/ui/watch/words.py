"""The cells of a source in words: unknown, stale and no meaning look different, and none of them is 0."""

import math
from datetime import datetime

from adapters.api import Measure
from dashboard.core.connections import Answer
from dashboard.core.fleet import FleetRow, Need, Verdict
from dashboard.core.text import one_line
from dashboard.core.words import NO_MEANING, UNKNOWN, count, duration
from dashboard.ui.watch.arrange import Section, Silent
from dashboard.ui.widgets.marks import Mark, Tone

COLUMNS = (
    "",
    "Source",
    "Kind",
    "Waiting",
    "Change, 15 min",
    "",
    "In /s",
    "Out /s",
    "Net /s",
    "In flight",
    "Consumers",
    "Oldest",
    "Verdict",
    "Dead letters",
)
MARK, NAME, KIND, WAITING, SPARK, CHANGE, IN, OUT, NET, IN_FLIGHT, CONSUMERS, OLDEST, VERDICT, DEAD = range(
    14
)
RIGHT = frozenset({WAITING, CHANGE, IN, OUT, NET, IN_FLIGHT, CONSUMERS, OLDEST, DEAD})
MEASURES = {
    WAITING: Measure.DEPTH,
    IN: Measure.IN_RATE,
    OUT: Measure.OUT_RATE,
    IN_FLIGHT: Measure.IN_FLIGHT,
    CONSUMERS: Measure.CONSUMERS,
    OLDEST: Measure.OLDEST_AGE_S,
}
VERDICT_FROM = 10
"""Samples before a verdict is earned."""


def mark_of(row: FleetRow) -> Mark:
    """The health mark of a source."""
    if row.stale:
        return "stale"
    if row.need is Need.NOT_KNOWN:
        return "unknown"
    if row.need is Need.ATTENTION:
        return "danger" if row.verdict is Verdict.STOPPED else "warn"
    return "ok"


def verdict_of(row: FleetRow) -> tuple[str, Tone, Mark, str]:
    """Words, tone, mark and glyph of the verdict."""
    if row.stale:
        return f"Stale {duration(row.age_s)}", "neutral", "stale", ""
    if row.verdict is Verdict.NOT_KNOWN:
        words = "Not known" if row.samples >= VERDICT_FROM else f"from {VERDICT_FROM} samples"
        return words, "plain", "unknown", ""
    glyphs = {Verdict.GROWING: "↑", Verdict.DRAINING: "↓", Verdict.STEADY: "–"}
    glyph = glyphs.get(row.verdict, "")
    if row.need is Need.ATTENTION:
        return row.verdict.value, "danger" if row.verdict is Verdict.STOPPED else "warn", "none", glyph
    return row.verdict.value, "plain", "none", glyph


def number(value: float, *, signed: bool = False, approximate: bool = False) -> str:
    """A rate or change: one decimal below 100 where it says something."""
    if math.isnan(value):
        return UNKNOWN
    sign = "+" if signed and value > 0 else ""
    about = "≈ " if approximate else ""
    if value and abs(value) < 100 and value != int(value):
        return f"{about}{sign}{value:.1f}".replace("-", "−")
    return f"{about}{sign}{value:,.0f}".replace("-", "−")


def cell_words(row: FleetRow, column: int) -> str:
    """A cell of a source."""
    if column == NAME:
        return one_line(row.key.name, 200)
    if column == KIND:
        return one_line(row.resource.kind, 60).capitalize()
    if column == VERDICT:
        return verdict_of(row)[0]
    if column == DEAD:
        return NO_MEANING if row.dead is None else count(row.dead)
    if column == CHANGE:
        if row.stale:
            return NO_MEANING
        return UNKNOWN if math.isnan(row.change) else number(row.change, signed=True)
    if column == NET:
        return NO_MEANING if row.stale else _net(row)
    measure = MEASURES.get(column)
    if measure is None:
        return ""
    return _measured(row, column, measure)


def _net(row: FleetRow) -> str:
    """What comes in a second less what goes out; unknown where one of them is."""
    rates = (Measure.IN_RATE, Measure.OUT_RATE)
    come, go = (row.values.get(measure, math.nan) for measure in rates)
    return number(come - go, signed=True, approximate=not row.approximate.isdisjoint(rates))


def _measured(row: FleetRow, column: int, measure: Measure) -> str:
    value = row.values.get(measure, math.nan)
    about = measure in row.approximate
    if column in {IN, OUT}:
        return NO_MEANING if row.stale else number(value, approximate=about)
    if column == OLDEST:
        if row.values.get(Measure.DEPTH) == 0:
            return NO_MEANING
        return duration(value)
    return count(value, approximate=about)


def tip(row: FleetRow, column: int) -> str:
    """What the pointer is told of a cell; empty for nothing more than it shows."""
    if column == NAME:
        where = f"{one_line(row.key.connection, 80)}, {row.environment.value}"
        return f"{one_line(row.key.name, 200)}\n{where}"
    return reason(row, column) or row.verdict_why


def reason(row: FleetRow, column: int) -> str:
    """Why a cell is unknown; empty when it is known."""
    measure = MEASURES.get(column)
    if measure is None or not math.isnan(row.values.get(measure, math.nan)):
        return ""
    return row.why.get(measure, "not told by the broker")


def silent_words(silent: Silent, now: datetime) -> tuple[str, str, Tone, Mark]:
    """A connection that does not answer: sentence, verdict, tone, mark."""
    view = silent.view
    since = f"{view.since.astimezone():%H:%M:%S}"
    again = f", tries again at {view.next_try.astimezone():%H:%M:%S}" if view.next_try is not None else ""
    trouble = one_line(view.trouble, 160).rstrip(".")
    if view.answer is Answer.STALE:
        age = duration((now - view.since).total_seconds())
        return f"last answer {since}{again}", f"Stale {age}", "neutral", "stale"
    why = f": {trouble[:1].lower()}{trouble[1:]}" if trouble else ""
    return f"disconnected at {since}{why}{again}", "Disconnected", "neutral", "off"


def spoken(line: Section | FleetRow | Silent, now: datetime) -> str:
    """A whole row in one sentence, for those who hear the screen."""
    if isinstance(line, Section):
        return f"{line.title}, {line.detail}"
    if isinstance(line, Silent):
        sentence, verdict, _, _ = silent_words(line, now)
        return f"{line.view.connection.name}, {line.view.connection.environment.value}, {verdict}, {sentence}"
    waiting = cell_words(line, WAITING)
    dead = f", {cell_words(line, DEAD)} dead letters" if line.dead is not None else ""
    verdict = verdict_of(line)[0].lower()
    where = f"{one_line(line.key.connection, 80)}, {line.environment.value}"
    return f"{cell_words(line, NAME)}, {where}, {verdict}, {waiting} waiting{dead}"
