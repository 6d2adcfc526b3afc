"""Values in queries: how a bound is written for each kind of field, and whether a value passes a test."""

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.core.causes import short_name
from dashboard.core.query_tree import Between, Compare, Equals, Kind, Like, Null, Operator, Test

_SIZES = {
    "": 1,
    "b": 1,
    "kb": 1_000,
    "mb": 10**6,
    "gb": 10**9,
    "k": 1_024,
    "kib": 1_024,
    "mib": 1 << 20,
    "gib": 1 << 30,
}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([a-zA-Z]*)")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_TIME = re.compile(
    r"(\d{4})-(\d\d)(?:-(\d\d)(?:[T_](\d\d)(?::(\d\d)(?::(\d\d)(\.\d{1,6})?)?)?)?)?(Z|[+-]\d\d:?\d\d)?"
)
MISSING = object()
"""Stands for what a body or header does not have."""
NESTED = object()
"""Stands for an object or a list: there, but no single value."""

_COMPARE: dict[Operator, Callable[[Any, Any], bool]] = {
    ">": lambda value, bound: bool(value > bound),
    ">=": lambda value, bound: bool(value >= bound),
    "<": lambda value, bound: bool(value < bound),
    "<=": lambda value, bound: bool(value <= bound),
}


def read_bound(kind: Kind, text: str) -> float | str | None:
    """A bound of a range for a field of this kind; None for what is none."""
    match kind:
        case Kind.NUMBER:
            return _number(text)
        case Kind.SIZE:
            return _size(text)
        case Kind.TIME:
            span = _time(text)
            return None if span is None else span[0]
        case _:
            number = _number(text)
            return text if number is None else number


def read_exact(kind: Kind, text: str) -> Test | None:
    """The test for `field:text`; a time that is not written to the second means the whole span. None for no value."""
    match kind:
        case Kind.NUMBER | Kind.SIZE:
            number = _size(text) if kind is Kind.SIZE else _number(text)
            return None if number is None else Between(number, number)
        case Kind.TIME:
            span = _time(text)
            return None if span is None else Between(*span)
        case _:
            return Equals(text)


def predicate(test: Test) -> Callable[[Any], bool]:
    """Whether a value (text, number, bool, None, MISSING, NESTED) passes; unknown passes `Null` only."""
    match test:
        case Null():
            return lambda value: value is None or value is MISSING
        case Equals(text):
            return _equals(text)
        case Like(pattern):
            like = glob(pattern)
            return lambda value: value is not NESTED and _known(value) and bool(like(as_text(value)))
        case Compare(operator, bound):
            compare = _COMPARE[operator]
            return lambda value: _comparable(value, bound) and compare(value, bound)
        case Between(low, high):
            return lambda value: (
                (low is None or (_comparable(value, low) and value >= low))
                and (high is None or (_comparable(value, high) and value <= high))
            )


def cause_predicate(test: Test) -> Callable[[str, str, str], bool]:
    """Whether a cause (id, title, exception) passes: its id, its exception's name, or words of its title."""
    match test:
        case Equals(text):
            wanted = text.casefold()
            return lambda cause, title, exception: (
                wanted == cause
                or wanted in {exception.casefold(), short_name(exception).casefold()}
                or wanted in title.casefold()
            )
        case Like(pattern):
            like = glob(pattern)
            return lambda _cause, title, exception: (
                like(title) or like(short_name(exception)) or like(exception)
            )
        case _:
            passes = predicate(test)
            return lambda _cause, title, _exception: passes(title)


def glob(pattern: str) -> Callable[[str], bool]:
    """Whole texts, without case, in which * stands for any characters; no pattern can take long."""
    first, *rest = pattern.casefold().split("*")

    def matches(text: str) -> bool:
        text = text.casefold()
        if not rest:
            return text == first
        if (
            not text.startswith(first)
            or len(text) < len(first) + len(rest[-1])
            or not text.endswith(rest[-1])
        ):
            return False
        at, end = len(first), len(text) - len(rest[-1])
        for part in rest[:-1]:
            at = text.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return True

    return matches


def as_text(value: Any) -> str:
    """A JSON scalar as a person writes it in a query."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value)


def at_path(body: Any, path: tuple[str | int, ...]) -> Any:
    """The value at a path of a decoded JSON body; MISSING where there is none, NESTED for an object or list."""
    for segment in path:
        if isinstance(body, dict):
            body = body.get(str(segment), MISSING)
        elif isinstance(body, list):
            index = segment if isinstance(segment, int) else int(segment) if segment.isdecimal() else -1
            body = body[index] if 0 <= index < len(body) else MISSING
        else:
            return MISSING
    return NESTED if isinstance(body, dict | list) else body


def _equals(text: str) -> Callable[[Any], bool]:
    wanted = text.casefold()
    number: float | None = int(text) if text.isascii() and text.isdigit() else _number(text)

    def equals(value: Any) -> bool:
        if isinstance(value, str):
            return value.casefold() == wanted
        if isinstance(value, bool):
            return ("true" if value else "false") == wanted
        return isinstance(value, int | float) and number is not None and value == number

    return equals


def _known(value: Any) -> bool:
    return value is not None and value is not MISSING


def _comparable(value: Any, bound: float | str) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(bound, str):
        return isinstance(value, str)
    return isinstance(value, int | float) and not math.isnan(value)


def _number(text: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _size(text: str) -> float | None:
    match = _SIZE.fullmatch(text)
    unit = _SIZES.get(match[2].lower()) if match else None
    return float(match[1]) * unit if match and unit else None


def _time(text: str) -> tuple[float, float] | None:
    """Begin and last moment of what a time may leave open (a day, a minute), in unix seconds."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups()[:6])
    fraction = float(match[7] or 0)
    try:
        begin = datetime(year or 1, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=UTC)
        begin += timedelta(seconds=fraction) - _offset(match[8])
        if match[7]:
            return begin.timestamp(), begin.timestamp()
        span = (
            1 if second is not None else 60 if minute is not None else 3_600 if hour is not None else 86_400
        )
        if day is None:
            span = (
                (begin.replace(day=1) + timedelta(days=32)).replace(day=1) - begin.replace(day=1)
            ).days * 86_400
        return begin.timestamp(), begin.timestamp() + span - 1e-6
    except (ValueError, OverflowError):
        return None


def _offset(text: str | None) -> timedelta:
    if text in {None, "Z"} or text is None:
        return timedelta()
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
