"""A dead letter as a JSON document: the same from the command line and from the window."""

import base64

from adapters.api import Gone, Header, Payload
from dashboard.core.letters import LetterDetail, LetterRow, SnapshotInfo
from dashboard.core.words import iso

SCHEMA = 1
Document = dict[str, object]


def letter_row(row: LetterRow) -> Document:
    """One dead letter of a list."""
    return {
        "id": row.ref.key,
        "at": iso(row.at),
        "cause": row.cause,
        "reason": row.reason,
        "origin": row.origin,
        "attempts": row.attempts,
        "size": row.size,
        "trace_id": row.trace_id,
    }


def letter(snapshot: SnapshotInfo, detail: LetterDetail) -> Document:
    """One dead letter whole."""
    failure = detail.failure
    return {
        "schema": SCHEMA,
        "source": snapshot.source.source,
        "read_at": iso(snapshot.read_at),
        **letter_row(detail.row),
        "target": detail.row.target,
        "address": detail.row.address,
        "redriven": detail.row.redriven,
        "failure": {
            "exception": failure.exception,
            "message": failure.message,
            "stack": failure.stack,
            "convention": failure.convention,
            "at": iso(failure.at),
        },
        **payload(detail.payload),
    }


def payload(value: Payload | Gone) -> Document:
    """Headers and body; what is not UTF-8 is in base64 under `…_base64`. A missing body says why in `gone`."""
    if isinstance(value, Gone):
        return {"headers": [], "body": None, "gone": value.why}
    return {"headers": [_header(header) for header in value.headers], **_bytes("body", value.body)}


def _header(header: Header) -> Document:
    return {"name": header.name, **_bytes("value", header.value)}


def _bytes(key: str, value: bytes) -> Document:
    try:
        return {key: value.decode("utf-8")}
    except UnicodeDecodeError:
        return {f"{key}_base64": base64.b64encode(value).decode("ascii")}
