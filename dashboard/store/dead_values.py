"""Values straight from the letters, for what columns do not hold and to verify what they only suspect."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adapters.api import Payload
from dashboard.core.examine import json_body, searched_text
from dashboard.core.query_tree import Field, Kind
from dashboard.core.query_values import MISSING, at_path
from dashboard.store.dead_codec import SPAN, decode_failure, decode_headers, first_id, get_text, put_text

_CHUNK = 500
_COLUMNS = {
    "id": "key",
    "cause": "cause",
    "at": "at",
    "attempts": "attempts",
    "size": "size",
    "redriven": "redriven",
    "origin": "origin",
    "target": "target",
    "address": "address",
    "reason": "reason",
    "trace": "trace",
}

Rows = npt.NDArray[np.signedinteger[Any]]


class Values:
    """The letters of one snapshot on one connection."""

    def __init__(self, connection: sqlite3.Connection, snapshot: int) -> None:
        self._connection = connection
        self._first = first_id(snapshot)

    def select(self, columns: str, table: str, numbers: Rows) -> Iterator[Sequence[Any]]:
        """(id, columns…) of these letters, ascending; dense numbers are read as a range."""
        for begin in range(0, len(numbers), _CHUNK):
            chunk = numbers[begin : begin + _CHUNK]
            low, high = int(chunk[0]), int(chunk[-1])
            if high - low < 3 * len(chunk):
                query = f"SELECT id, {columns} FROM {table} WHERE id BETWEEN ? AND ?"
                rows = self._connection.execute(query, (self._first + low, self._first + high))
                wanted = {int(n) for n in chunk} if high - low >= len(chunk) else None
                yield from (row for row in rows if wanted is None or row[0] - self._first in wanted)
                continue
            marks = ",".join("?" * len(chunk))
            query = f"SELECT id, {columns} FROM {table} WHERE id IN ({marks}) ORDER BY id"
            yield from self._connection.execute(query, [self._first + int(n) for n in chunk])

    def with_keys(self, keys: Collection[str]) -> list[int]:
        """Numbers of the letters with these keys, ascending."""
        found: list[int] = []
        wanted = [put_text(key) for key in keys]
        for begin in range(0, len(wanted), _CHUNK):
            chunk = wanted[begin : begin + _CHUNK]
            marks = ",".join("?" * len(chunk))
            query = f"SELECT id FROM letter WHERE key IN ({marks}) AND id BETWEEN ? AND ?"
            rows = self._connection.execute(query, [*chunk, self._first, self._first + SPAN - 1])
            found.extend(ident - self._first for (ident,) in rows)
        return sorted(found)


def values_of(
    connection: sqlite3.Connection, snapshot: int, numbers: Rows, field: Field
) -> Iterator[tuple[int, Any]]:
    """(n, value) of a field; of a header the list of all its values."""
    values = Values(connection, snapshot)
    first = first_id(snapshot)
    if field.kind is Kind.HEADER:
        for ident, headers, gone in values.select("headers, gone", "payload", numbers):
            found = () if gone is not None else decode_headers(headers)
            named = [
                header.value.decode("utf-8", "replace")
                for header in found
                if header.name.lower() == field.name
            ]
            yield ident - first, named
    elif field.kind is Kind.BODY:
        for ident, body in values.select("body", "payload", numbers):
            data = json_body(body)
            yield ident - first, MISSING if data is None else at_path(data, field.path)
    else:
        column = _COLUMNS[field.name]
        for ident, value in values.select(column, "letter", numbers):
            yield ident - first, get_text(value) if isinstance(value, bytes) else value


def texts_of(connection: sqlite3.Connection, snapshot: int, numbers: Rows) -> Iterator[tuple[int, str]]:
    """(n, all text in which free words are found)."""
    first = first_id(snapshot)
    columns = "headers, failure, gone, body"
    for ident, headers, failure, gone, body in Values(connection, snapshot).select(
        columns, "payload", numbers
    ):
        payload = None if gone is not None else Payload(body, decode_headers(headers))
        yield ident - first, searched_text(decode_failure(failure), payload)
