"""What a query means: a tree of tests on the fields of a dead letter, and back to text."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Literal

from dashboard.core.words import iso


class Kind(Enum):
    """What a field holds, which decides how its values are written and compared."""

    TEXT = "text"
    CAUSE = "cause"
    NUMBER = "number"
    SIZE = "size"
    TIME = "time"
    HEADER = "header"
    BODY = "body"


COLUMNS: dict[str, Kind] = {
    "id": Kind.TEXT,
    "cause": Kind.CAUSE,
    "exception": Kind.TEXT,
    "reason": Kind.TEXT,
    "origin": Kind.TEXT,
    "target": Kind.TEXT,
    "address": Kind.TEXT,
    "trace": Kind.TEXT,
    "at": Kind.TIME,
    "attempts": Kind.NUMBER,
    "size": Kind.SIZE,
    "redriven": Kind.NUMBER,
}
"""The fields that every dead letter has."""

Operator = Literal[">", ">=", "<", "<="]


@dataclass(frozen=True, slots=True)
class Field:
    """A field: `name` is the column's, the header's in lower case, or the path as written; `path` its segments."""

    kind: Kind
    name: str
    path: tuple[str | int, ...] = ()

    @property
    def text(self) -> str:
        """As it is written in a query."""
        if self.kind is Kind.HEADER:
            return f"header.{self.name}"
        return f"body.{self.name}" if self.kind is Kind.BODY else self.name


@dataclass(frozen=True, slots=True)
class Equals:
    """The value as text, compared without case; a number also as a number."""

    value: str


@dataclass(frozen=True, slots=True)
class Like:
    """The value as text, in which * stands for any characters."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Null:
    """Absent, unknown or JSON null."""


@dataclass(frozen=True, slots=True)
class Compare:
    """A number (of a time: unix seconds), or a text against which texts are compared."""

    operator: Operator
    bound: float | str


@dataclass(frozen=True, slots=True)
class Between:
    """From `low` to `high`, both included; None is open."""

    low: float | str | None
    high: float | str | None


Test = Equals | Like | Null | Compare | Between


@dataclass(frozen=True, slots=True)
class Match:
    """One field passes a test."""

    field: Field
    test: Test


@dataclass(frozen=True, slots=True)
class Text:
    """Words in the error, the headers' values or the body; `prefix` lets the last one go on."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """What the part does not match."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """What all parts match."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """What any part matches."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Everything:
    """The empty query."""


Node = Match | Text | Not | All | Either | Everything

_PLAIN = re.compile(r"[^\s\"()*<>]+")
_WORD = re.compile(r"[^\s\"():*<>-][^\s\"():*]*")


def write(node: Node) -> str:
    """A query that reads back as the same tree."""
    match node:
        case Everything():
            return ""
        case All(parts):
            return " ".join(_inside(part) for part in parts)
        case Either(parts):
            return " OR ".join(_inside(part) for part in parts)
        case Not(part):
            return f"-{_inside(part)}"
        case Text(text, prefix):
            if prefix:
                return f"{text}*"
            plain = _WORD.fullmatch(text) and text not in {"AND", "OR", "NOT"}
            return text if plain else quoted(text)
        case Match(field, test):
            return f"{field.text}:{_test(field, test)}"


def quoted(text: str) -> str:
    """Text in quotes, as it may stand in a query."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _inside(node: Node) -> str:
    return f"({write(node)})" if isinstance(node, All | Either) else write(node)


def _test(field: Field, test: Test) -> str:
    match test:
        case Equals(value):
            plain = _PLAIN.fullmatch(value) and value != "null" and ".." not in value
            return value if plain else quoted(value)
        case Like(pattern):
            return pattern
        case Null():
            return "null"
        case Compare(operator, bound):
            return f"{operator}{_bound(field, bound)}"
        case Between(low, high):
            return f"{_bound(field, low)}..{_bound(field, high)}"


def _bound(field: Field, bound: float | str | None) -> str:
    if bound is None or isinstance(bound, str):
        return bound or ""
    if field.kind is Kind.TIME:
        return iso(datetime.fromtimestamp(bound, UTC))
    return str(int(bound)) if bound == int(bound) else repr(bound)
