"""A connection as the program knows it: what is stored, how it does, and what may be done through it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from adapters.api import Environment, Grant, Right


@dataclass(frozen=True, slots=True)
class Connection:
    """One account on one broker, without its secrets.

    `saved` connections live in the workspace file; others were given as a URL and are named by host and port.
    `typed` is the word that a confirmation asks for.
    """

    name: str
    kind: str
    url: str
    options: Mapping[str, str] = field(default_factory=dict)
    environment: Environment = Environment.PRODUCTION
    read_only: bool = True
    saved: bool = True

    @property
    def typed(self) -> str:
        """What a person types to confirm: the connection's name (for a URL its host and port)."""
        return self.name


class Answer(Enum):
    """Whether a connection answers."""

    CONNECTING = "connecting"
    ANSWERS = "answers"
    STALE = "stale"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """A connection and how it does now.

    `since` is when `answer` began; `trouble` and `hint` say what is wrong and what to do; `next_try` is when it is
    tried again; `sources` counts its resources.
    """

    connection: Connection
    answer: Answer
    since: datetime
    server: str = ""
    trouble: str = ""
    hint: str = ""
    next_try: datetime | None = None
    sources: int = 0
    grants: Mapping[Right, Grant] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TestFinding:
    """One line of a connection's test: what it can do, the verdict in words, and a remedy to copy."""

    __test__ = False

    title: str
    verdict: str
    good: bool | None
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class TestResult:
    """The end of a connection's test."""

    __test__ = False

    ok: bool
    headline: str
    findings: tuple[TestFinding, ...]
    took_s: float
