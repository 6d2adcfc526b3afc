"""Round tops of axes, their labels, and round times."""

import math
from datetime import datetime, tzinfo

from dashboard.core.words import duration

_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_AGES = (
    10,
    20,
    60,
    120,
    240,
    600,
    1200,
    2400,
    3600,
    7200,
    14400,
    28800,
    43200,
    86400,
    172800,
    345600,
    864000,
)
"""Seconds whose half is a round time too."""
_SPANS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)


def top_of(greatest: float, unit: str = "") -> float:
    """A round top a little over the greatest value; never 0. Ages get round times."""
    if math.isnan(greatest) or greatest <= 0:
        return 60.0 if unit == "s" else 1.0
    wanted = greatest * 1.08
    if unit == "s":
        return float(next((age for age in _AGES if age >= wanted), math.ceil(wanted / 86400) * 86400))
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(step * power for step in _STEPS if step * power >= wanted * (1 - 1e-9))


def short(value: float, unit: str = "") -> str:
    """A label of an axis: 300 k, 1.5 M, 0.5, 10 min."""
    if unit == "s":
        return "0" if value == 0 else duration(value)
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.4g} {letter}"
    return f"{value:.3g}"


def time_ticks(start: float, end: float, zone: tzinfo | None, most: int = 5) -> list[tuple[float, str]]:
    """Round local times within the window, at most `most` or so, with their labels."""
    span = next((span for span in _SPANS if (end - start) / span <= most), _SPANS[-1])
    offset = datetime.fromtimestamp(start, zone).utcoffset() if zone else None
    shift = offset.total_seconds() if offset else 0.0
    first = math.ceil((start + shift) / span) * span - shift
    form = "%d %b" if span >= 86400 else "%H:%M"
    return [
        (at, datetime.fromtimestamp(at, zone).strftime(form))
        for at in (first + number * span for number in range(int((end - first) // span) + 1))
    ]


def window_edge(now: float, span: float) -> float:
    """The right edge of a window of `span` seconds: it is held, and moves in steps of a twentieth."""
    step = span / 20
    return math.ceil(now / step) * step
