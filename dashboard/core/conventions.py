"""Why a message died, read from its headers by conventions that are data (`resources/conventions.toml`)."""

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.api import ConfigError, DeadLetter, Header, Payload
from dashboard.core.causes import split_type
from dashboard.core.letters import Failure

_LONGEST_TEXT = 64 * 1024
_LONGEST_NAME = 512
_FIELDS = ("exception", "message", "stack", "target", "origin", "attempts", "at")
_NSERVICEBUS = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d):(\d{6}) Z")


@dataclass(frozen=True, slots=True)
class Convention:
    """One way of writing a death into headers: for each field the header names in order of preference."""

    name: str
    exception: tuple[str, ...] = ()
    message: tuple[str, ...] = ()
    stack: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    attempts: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    last: bool = False


@dataclass(frozen=True, slots=True)
class Conventions:
    """All conventions in order, and what any of them may leave to the common headers."""

    rows: tuple[Convention, ...]
    common: Convention = field(default=Convention("common"))

    def with_pair(self, exception: str, message: str) -> "Conventions":
        """The same with a user's own pair of headers, which comes first."""
        own = Convention(
            f"{exception} (yours)" if exception else f"{message} (yours)",
            exception=(exception.lower(),) if exception else (),
            message=(message.lower(),) if message else (),
        )
        return replace(self, rows=(own, *self.rows))

    def failure(self, letter: DeadLetter) -> Failure:
        """Why this one died: by its headers, else by the broker's own word."""
        headers = _by_name(letter.payload.headers) if isinstance(letter.payload, Payload) else {}
        for row in self.rows:
            if any(name in headers for name in (*row.exception, *row.message)):
                return self._read(row, headers, letter)
        reason = letter.death.reason or ""
        told = Convention("the broker" if reason else "")
        return replace(self._read(told, headers, letter), message=reason)

    def failure_names(self, letter: DeadLetter) -> tuple[str, ...]:
        """The headers in which its death stands, in lower case."""
        return tuple(name.lower() for name in self.failure(letter).header_names)

    def _read(self, row: Convention, headers: Mapping[str, Sequence[Header]], letter: DeadLetter) -> Failure:
        reader = _Reader(headers, last=row.last)
        exception = reader.text(row.exception, _LONGEST_NAME)
        message = reader.text(row.message, _LONGEST_TEXT)
        if message and not exception:
            exception, message = split_type(message)
        first = _Reader(headers, last=False, used=reader.used)
        stack = reader.text((*row.stack, *self.common.stack), _LONGEST_TEXT)
        own = letter.origin.target.name if letter.origin and letter.origin.target else None
        said = first.text((*row.target, *self.common.target), _LONGEST_NAME)
        target = said or own
        target_from = first.name if said else "the broker" if own else ""
        resource = letter.origin.resource if letter.origin else None
        origin = resource or first.text((*row.origin, *self.common.origin), _LONGEST_NAME) or target
        attempts = letter.attempts
        if attempts is None:
            attempts = _whole(reader.text((*row.attempts, *self.common.attempts), _LONGEST_NAME))
        at = reader.moment((*row.at, *self.common.at)) or letter.death.at
        return Failure(
            exception=exception,
            message=message,
            stack=stack,
            convention=row.name,
            header_names=tuple(reader.used),
            origin=origin,
            attempts=attempts,
            at=at,
            target=target,
            target_from=target_from,
        )


class _Reader:
    """Reads fields out of headers and takes down in which ones they stood."""

    def __init__(
        self, headers: Mapping[str, Sequence[Header]], *, last: bool, used: list[str] | None = None
    ) -> None:
        self._headers = headers
        self._which = -1 if last else 0
        self.used: list[str] = [] if used is None else used
        self.name = ""

    def value(self, names: Sequence[str]) -> bytes | None:
        for name in names:
            if name in self._headers:
                header = self._headers[name][self._which]
                self.name = header.name
                if header.name not in self.used:
                    self.used.append(header.name)
                return header.value
        return None

    def text(self, names: Sequence[str], limit: int) -> str:
        value = self.value(names)
        return "" if value is None else value[:limit].decode("utf-8", "replace").strip()

    def moment(self, names: Sequence[str]) -> datetime | None:
        value = self.value(names)
        return None if value is None else read_moment(value)


def read_conventions(text: str) -> Conventions:
    """Conventions from TOML; raises `ConfigError` for what is none."""
    try:
        data = tomllib.loads(text)
        rows = tuple(_convention(row) for row in data["convention"])
        return Conventions(rows, _convention({"name": "common", **data.get("common", {})}))
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"The header conventions cannot be read: {error}.") from error


def read_moment(value: bytes) -> datetime | None:
    """A time in UTC from ISO 8601, unix seconds, milliseconds, micro- or nanoseconds, or 8 bytes big endian (ms)."""
    if len(value) == 8 and not value.isdigit():
        return _unix(int.from_bytes(value, "big", signed=True) / 1_000)
    text = value[:64].decode("ascii", "replace").strip()
    if match := _NSERVICEBUS.fullmatch(text):
        text = f"{match[1]}.{match[2]}+00:00"
    try:
        return _unix(float(text))
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _unix(seconds: float) -> datetime | None:
    if not math.isfinite(seconds):
        return None
    while abs(seconds) >= 1e11:
        seconds /= 1_000
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _by_name(headers: Sequence[Header]) -> dict[str, list[Header]]:
    by_name: dict[str, list[Header]] = {}
    for header in headers:
        by_name.setdefault(header.name.lower(), []).append(header)
    return by_name


def _convention(row: Mapping[str, Any]) -> Convention:
    known = {"name", "occurrence", *_FIELDS}
    if unknown := set(row) - known:
        raise ValueError(f"unknown {', '.join(sorted(unknown))}")
    names = {name: tuple(str(header).lower() for header in row.get(name, ())) for name in _FIELDS}
    return Convention(str(row["name"]), **names, last=row.get("occurrence", "first") == "last")
