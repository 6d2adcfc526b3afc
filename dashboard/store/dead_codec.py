"""How dead letters lie in `dead.db`: numbers of rows, texts that SQLite can hold, headers and failures as bytes."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from adapters.api import Gone, Header, MessageRef, NotFound, Payload
from dashboard.core.letters import CauseGroup, Failure, LetterRow, SnapshotInfo, SourceKey

REASON_MOST = 500
"""Characters of a message that stand in a row; the whole of it stands with the payload."""
SPAN = 1 << 32
ROW = (
    "letter.id, key, nth, digest, cause, at, reason, origin, target, attempts, size, trace, address, redriven"
)


def first_id(snapshot: int) -> int:
    """The id before a snapshot's first letter; letter n has `first_id + n`."""
    return snapshot * SPAN


def put_text(text: str) -> str | bytes:
    """A text as SQLite can hold it: bytes where it has lone surrogates."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def get_text(value: str | bytes) -> str:
    """The text that `put_text` put."""
    return value if isinstance(value, str) else value.decode("utf-8", "surrogatepass")


def clean(text: str) -> str:
    """Text without lone surrogates, for columns in which the very bytes do not matter."""
    return text.encode("utf-8", "replace").decode("utf-8")


def clean_or_none(text: str | None) -> str | None:
    """The same for a text that may be absent."""
    return None if text is None else clean(text)


def encode_headers(headers: Sequence[Header]) -> bytes:
    """Names, values and types, byte for byte."""
    return msgspec.msgpack.encode(
        [(header.name.encode("utf-8", "surrogateescape"), header.value, header.type) for header in headers]
    )


_HEADERS = msgspec.msgpack.Decoder(list[tuple[bytes, bytes, str]])


def decode_headers(data: bytes) -> tuple[Header, ...]:
    """The headers that were encoded."""
    return tuple(
        Header(name.decode("utf-8", "surrogateescape"), value, kind)
        for name, value, kind in _HEADERS.decode(data)
    )


def encode_failure(failure: Failure) -> bytes:
    """A failure with all its texts."""
    names = [put_text(name) for name in failure.header_names]
    texts = (failure.exception, failure.message, failure.stack, failure.convention, failure.target_from)
    at = stamp(failure.at)
    return msgspec.msgpack.encode(
        (
            *(put_text(text) for text in texts),
            names,
            None if failure.origin is None else put_text(failure.origin),
            None if failure.target is None else put_text(failure.target),
            failure.attempts,
            at,
        )
    )


def decode_failure(data: bytes) -> Failure:
    """The failure that was encoded."""
    exception, message, stack, convention, told, names, origin, target, attempts, at = msgspec.msgpack.decode(
        data
    )
    return Failure(
        exception=get_text(exception),
        message=get_text(message),
        stack=get_text(stack),
        convention=get_text(convention),
        header_names=tuple(get_text(name) for name in names),
        origin=None if origin is None else get_text(origin),
        attempts=attempts,
        at=moment(at),
        target=None if target is None else get_text(target),
        target_from=get_text(told),
    )


def stamp(at: datetime | None) -> float | None:
    """Unix seconds."""
    return None if at is None else at.timestamp()


def moment(seconds: float | None) -> datetime | None:
    """UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def read_row(row: Sequence[Any], causes: dict[int, tuple[str, str, str]]) -> LetterRow:
    """A row of the columns `ROW`; `causes` are (id, title, exception) by code."""
    ident, key, nth, digest, code, at, reason, origin, target, attempts, size, trace, address, redriven = row
    cause, title, _ = causes[code]
    return LetterRow(
        n=ident % SPAN,
        ref=MessageRef(get_text(key), nth, digest),
        at=moment(at),
        cause=cause,
        title=title,
        reason=reason,
        origin=origin,
        target=target,
        attempts=attempts,
        size=size,
        trace_id=trace,
        address=get_text(address),
        redriven=redriven,
    )


def read_payload(headers: bytes, gone: str | None, body: bytes) -> Payload | Gone:
    """What a letter holds."""
    return Payload(body, decode_headers(headers)) if gone is None else Gone(gone)


def read_group(row: Sequence[Any]) -> CauseGroup:
    """A row of cause, title, exception, sample, count, first_at, last_at, hours."""
    cause, title, exception, sample, count, first, last, hours = row
    return CauseGroup(
        cause=cause,
        title=title,
        exception=exception,
        count=count,
        first_at=moment(first),
        last_at=moment(last),
        hours=tuple(msgspec.msgpack.decode(hours)),
        sample=sample,
    )


INFO = "id, connection, source, incarnation, read_at, count, complete, ended, reading, expected, failed, looks_left"


def read_info(row: Sequence[Any], *, alive: bool) -> SnapshotInfo:
    """A row of the columns `INFO`; `alive`: whoever reads still writes now and then."""
    (
        ident,
        connection,
        source,
        incarnation,
        read_at,
        count,
        complete,
        ended,
        reading,
        expected,
        failed,
        looks,
    ) = row
    broken = bool(reading) and not alive
    return SnapshotInfo(
        id=ident,
        source=SourceKey(connection, source),
        incarnation=incarnation,
        read_at=datetime.fromtimestamp(read_at, UTC),
        count=count,
        complete=bool(complete),
        end=ended,
        reading=bool(reading) and alive,
        expected=expected,
        failed="The program ended while it read." if broken else failed,
        looks_left=looks,
    )


def causes_of(connection: sqlite3.Connection, snapshot: int) -> dict[int, tuple[str, str, str]]:
    """The causes of a snapshot by code: (id, title, exception)."""
    return {
        code: (cause, title, exception)
        for code, cause, title, exception in connection.execute(
            "SELECT code, cause, title, exception FROM cause WHERE snapshot = ?", (snapshot,)
        )
    }


def gone() -> NotFound:
    """The error for a snapshot or letter that is not kept any more."""
    return NotFound(
        "This reading of the source is no longer kept.", hint="Read the source again; nothing was changed."
    )
