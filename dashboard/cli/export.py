"""Exported dead letters: JSON Lines with whole bodies, or CSV that no spreadsheet takes for formulas."""

import base64
import csv
import io
import json
import os
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from adapters.api import Gone
from dashboard.cli.output import Output
from dashboard.core import letter_documents
from dashboard.core.letters import LetterDetail, SnapshotInfo
from dashboard.core.words import iso
from dashboard.store.errors import Unwritable


class Format(Enum):
    """What `dead export` writes."""

    JSONL = "jsonl"
    CSV = "csv"


COLUMNS = (
    "id",
    "at",
    "cause",
    "title",
    "reason",
    "origin",
    "attempts",
    "size",
    "trace_id",
    "headers",
    "body",
    "body_base64",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def head(fmt: Format) -> bytes:
    """The first line: column names of CSV."""
    return _csv(COLUMNS) if fmt is Format.CSV else b""


def line(fmt: Format, snapshot: SnapshotInfo, detail: LetterDetail) -> bytes:
    """One dead letter."""
    if fmt is Format.CSV:
        return _csv(_cells(detail))
    document = letter_documents.letter(snapshot, detail)
    return (
        json.dumps(document, ensure_ascii=True, allow_nan=False).replace("\x7f", "\\u007f").encode() + b"\n"
    )


def safe_cell(value: str) -> str:
    """A value that a spreadsheet shows and never runs: an apostrophe before what could begin a formula.

    Source: OWASP, "CSV Injection".
    """
    return f"'{value}" if value.startswith(_FORMULA) else value


def _cells(detail: LetterDetail) -> list[str]:
    row = detail.row
    body, coded, headers = "", "", ""
    if not isinstance(detail.payload, Gone):
        try:
            body = detail.payload.body.decode("utf-8")
        except UnicodeDecodeError:
            coded = base64.b64encode(detail.payload.body).decode("ascii")
        headers = json.dumps(letter_documents.payload(detail.payload)["headers"])
    return [
        row.ref.key,
        iso(row.at) or "",
        row.cause,
        row.title,
        row.reason,
        row.origin or "",
        "" if row.attempts is None else str(row.attempts),
        str(row.size),
        row.trace_id or "",
        headers,
        body,
        coded,
    ]


def _csv(values: tuple[str, ...] | list[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow([safe_cell(value) for value in values])
    return buffer.getvalue().encode("utf-8", "backslashreplace")


class Writing:
    """Where an export goes: stdout, or a new file of mode 0600 that is never written over another."""

    def __init__(self, out: Output, path: Path | None) -> None:
        self._out = out
        self._path = path
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                handle = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            except OSError as error:
                raise Unwritable(
                    f"{self._path} cannot be made: {error.strerror}.",
                    hint="Name a file that is not there yet.",
                ) from error
            self._file = os.fdopen(handle, "wb")
        return self

    def write(self, data: bytes) -> None:
        """Adds to the export."""
        if self._file is None:
            self._out.raw(data)
        else:
            self._file.write(data)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
