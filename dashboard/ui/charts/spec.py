"""What a chart shows, as plain values."""

from dataclasses import dataclass, field

from dashboard.core.fleet import SeriesData


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its series, the token of its colour, the word at its end."""

    series: SeriesData
    color: str
    word: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Threshold:
    """A dashed level with words that say what happens there."""

    value: float
    words: str
    color: str


@dataclass(frozen=True, slots=True)
class ChartData:
    """A chart's content. `unit` "s" draws ages; `gaps` are (from, to) in unix seconds, `marks` (at, words)."""

    lines: tuple[Line, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    gaps: tuple[tuple[float, float], ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart of a stack: title and unit in words."""

    id: str
    title: str
    unit_words: str
    unit: str = ""
    named: bool = field(default=False)
