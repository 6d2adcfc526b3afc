"""What is made of a dead letter when it is read: why it died, of which cause, on which trace."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.api import DeadLetter, Payload
from dashboard.core.causes import Cause, Normaliser
from dashboard.core.conventions import Conventions
from dashboard.core.letters import Failure
from dashboard.core.outgoing import redriven_count
from dashboard.core.trace import find_trace

_BINARY_WORDS = 64 * 1024
"""Bytes of a body that is no UTF-8 in which words are looked for."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A dead letter and what is known of it. `bare`: all its headers say why it died, as if none were passed on."""

    letter: DeadLetter
    failure: Failure
    cause: Cause
    trace: str | None
    redriven: int
    bare: bool


@dataclass(frozen=True, slots=True)
class Examiner:
    """Examines dead letters by the conventions and rules it was given; pure."""

    conventions: Conventions
    normaliser: Normaliser

    def examine(self, letter: DeadLetter) -> Examined:
        """Never raises: what cannot be read is unknown."""
        failure = self.conventions.failure(letter)
        headers = letter.payload.headers if isinstance(letter.payload, Payload) else ()
        trace = find_trace(headers)
        return Examined(
            letter,
            failure,
            self.normaliser.cause_of(failure),
            trace.id if trace else None,
            redriven_count(letter.payload),
            isinstance(letter.payload, Payload) and all(h.name in failure.header_names for h in headers),
        )


def searched_text(failure: Failure, payload: Payload | None) -> str:
    """All text in which free words are found: the error, the headers' values, the body."""
    return "\n".join(_texts(failure, payload))


def _texts(failure: Failure, payload: Payload | None) -> Iterator[str]:
    yield failure.exception
    yield failure.message
    if payload is None:
        return
    for header in payload.headers:
        yield header.value.decode("utf-8", "replace")
    try:
        yield payload.body.decode("utf-8")
    except UnicodeDecodeError:
        yield payload.body[:_BINARY_WORDS].decode("utf-8", "replace")


def json_body(body: bytes) -> Any:
    """The decoded JSON of a body, or None where it is none; repeated keys: the last counts."""
    if not body or body[:1] not in b'{["-0123456789tfn \t\r\n':
        return None
    try:
        return json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
