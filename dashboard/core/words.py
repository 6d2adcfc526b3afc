"""Numbers in words, the same in window and command line: unknown is said, never drawn as 0."""

import math
from datetime import UTC, datetime
from typing import overload

UNKNOWN = "unknown"
NO_MEANING = "–"
_UNITS = ("KiB", "MiB", "GiB", "TiB")
_SPELLED = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


def count(value: float | None, *, approximate: bool = False) -> str:
    """A count with thousands separators, "≈" where the broker approximates; None and NaN are unknown."""
    if value is None or math.isnan(value):
        return UNKNOWN
    return f"{'≈ ' if approximate else ''}{value:,.0f}"


def plural(number: float, one: str, many: str = "") -> str:
    """The count and its noun: "1 message", "2,000 messages"."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def spelled(number: int) -> str:
    """A count in a sentence: "no", "twelve", from there on in figures."""
    return _SPELLED[number] if number < len(_SPELLED) else count(number)


def duration(seconds: float | None) -> str:
    """A length of time in its two largest units: 0.4 s, 12 s, 4 min 10 s, 3 h 12 min, 2 d 4 h."""
    if seconds is None or math.isnan(seconds):
        return UNKNOWN
    if 0 < seconds < 9.95 and seconds != int(seconds):
        return f"{seconds:.1f} s"
    whole = round(max(seconds, 0))
    for size, name, small, small_name in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // small
            return f"{whole // size} {name} {rest} {small_name}" if rest else f"{whole // size} {name}"
    return f"{whole} s"


def rate(per_second: float | None, *, approximate: bool = False) -> str:
    """Messages a second, below one a second as a minute's count: 1,204/s, 3.5/s, 3 a minute, 0."""
    if per_second is None or math.isnan(per_second):
        return UNKNOWN
    about = "≈ " if approximate else ""
    if per_second == 0:
        return f"{about}0"
    if abs(per_second) < 1:
        return f"{about}{per_second * 60:.3g} a minute"
    return f"{about}{per_second:,.1f}/s" if abs(per_second) < 10 else f"{about}{per_second:,.0f}/s"


def share(part: int, whole: int) -> str:
    """A part in percent, with the digits it needs; 100 % only when it is all."""
    if whole <= 0 or part <= 0:
        return "0 %"
    if part == whole:
        return "100 %"
    value = part / whole * 100
    return f"{min(value, 99.99 if value >= 99.95 else 99.9):.{2 if value < 1 or value >= 99.95 else 1}f} %"


def size(number: int | None) -> str:
    """Bytes with a unit: 600 B, 8.0 MiB."""
    if number is None:
        return UNKNOWN
    if number < 1024:
        return f"{number} B"
    value = float(number)
    for unit in _UNITS:
        value /= 1024
        if value < 1024:
            return f"{value:.1f} {unit}"
    return f"{value:,.1f} {_UNITS[-1]}"


@overload
def iso(moment: datetime) -> str: ...


@overload
def iso(moment: datetime | None) -> str | None: ...


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with a Z; None stays None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
