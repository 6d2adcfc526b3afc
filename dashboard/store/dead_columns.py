"""Columns over a snapshot's letters, written while it is read: one compressed segment per 16,384 rows and path.

A path is "c:NAME" (what every letter has), "h:NAME" (a header) or "b:SEGMENTS" (into a JSON body). Values are coded by
a dictionary that grows with the path. Once that outgrows 50,000 values or 30 % of the rows, later segments hold raw
numbers where all are numbers, else 32-bit hashes: candidates, which a search verifies against the letters themselves.
Letters that do not fit (a repeated header, a body with too many leaves) are listed under "!h" and "!b" and are always
verified.
"""

import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import zstandard

from adapters.api import Payload
from dashboard.core.examine import Examined, json_body
from dashboard.core.query_values import NESTED, as_text
from dashboard.store.dead_codec import REASON_MOST

ROWS = 16_384
ABSENT, NULL, NESTED_CODE, FIRST = 0, 1, 2, 3
MOST_PATHS = 400
MOST_LEAVES = 2_000
MOST_DEPTH = 12
LONGEST_VALUE = 256
LARGEST_BODY = 1 << 20
_DICTIONARY_MOST = 50_000
_DICTIONARY_SURE = 4_096
_SHARE = 0.3
_EXACT_INTEGER = 1 << 53
SEPARATOR = "\x1f"


class _Path:
    """One path's values in the open segment, and its dictionary."""

    __slots__ = ("codes", "high", "known", "parts", "rows", "seen", "values")

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.values: list[Any] = []
        self.codes: dict[Any, int] = {}
        self.known = 0
        self.parts = 0
        self.seen = 0
        self.high = False


class _Node:
    """One name in the tree of body paths."""

    __slots__ = ("children", "column")

    def __init__(self) -> None:
        self.column: _Path | None = None
        self.children: dict[str, _Node] = {}


class ColumnBuilder:
    """Takes letters in order and writes their columns; lives as long as the reading, in the writer's thread."""

    def __init__(self, snapshot: int) -> None:
        self._snapshot = snapshot
        self._paths: dict[str, _Path] = {}
        self._tree = _Node()
        self._row = 0
        self._part = 0
        self.full = False
        self._zstd = zstandard.ZstdCompressor(level=1)

    @property
    def indexed(self) -> int:
        """How many letters are covered by what was written."""
        return self._part * ROWS

    def add(self, connection: sqlite3.Connection, examined: Examined, code: int, at: float | None) -> None:
        """One more letter; writes the segment when it is full."""
        row = self._row
        for name, value in _common(examined, code, at):
            self._put(f"c:{name}", row, value)
        payload = examined.letter.payload
        if isinstance(payload, Payload):
            self._headers(row, payload)
            self._body(row, payload.body)
        self._row += 1
        if self._row == ROWS:
            self._flush(connection)

    def finish(self, connection: sqlite3.Connection) -> int:
        """Writes the open segment; returns how many letters are indexed."""
        rows = self._row
        if rows:
            self._flush(connection)
        return self.indexed - (ROWS - rows if rows else 0)

    def _headers(self, row: int, payload: Payload) -> None:
        names: set[str] = set()
        for header in payload.headers:
            name = header.name.lower()
            if name in names:
                self._put("!h", row, value=True)
                continue
            names.add(name)
            self._put(f"h:{name}", row, header.value.decode("utf-8", "replace"))

    def _body(self, row: int, body: bytes) -> None:
        if len(body) > LARGEST_BODY:
            self._put("!b", row, value=True)
            return
        data = json_body(body)
        if not isinstance(data, dict):
            return
        left = MOST_LEAVES
        stack: list[tuple[_Node, str, dict[str, Any]]] = [(self._tree, "", data)]
        while stack:
            node, prefix, part = stack.pop()
            left -= len(part)
            if left < 0:
                self._put("!b", row, value=True)
                return
            for key, value in part.items():
                child = self._child(node, prefix, key)
                if child is None:
                    continue
                if isinstance(value, dict):
                    self._append(child.column, row, NESTED)
                    path = f"{prefix}{SEPARATOR}{key}"
                    if path.count(SEPARATOR) >= MOST_DEPTH:
                        self._put("!b", row, value=True)
                    else:
                        stack.append((child, path, value))
                else:
                    self._append(child.column, row, NESTED if isinstance(value, list) else value)

    def _child(self, node: _Node, prefix: str, key: str) -> _Node | None:
        child = node.children.get(key)
        if child is None:
            if SEPARATOR in key:
                self.full = True
                return None
            column = self._open(f"b:{prefix[1:] + SEPARATOR if prefix else ''}{key}")
            if column is None:
                return None
            child = node.children[key] = _Node()
            child.column = column
        return child

    def _open(self, path: str) -> _Path | None:
        column = self._paths.get(path)
        if column is None:
            if len(self._paths) >= MOST_PATHS or len(path) > LONGEST_VALUE or not _encodable(path):
                self.full = True
                return None
            column = self._paths[path] = _Path()
        return column

    def _put(self, path: str, row: int, value: Any) -> None:
        self._append(self._open(path), row, value)

    @staticmethod
    def _append(column: _Path | None, row: int, value: Any) -> None:
        if column is not None:
            column.rows.append(row)
            column.values.append(value)

    def _flush(self, connection: sqlite3.Connection) -> None:
        segments, words = [], []
        for path, column in self._paths.items():
            if not column.rows:
                continue
            kind, data, new = self._encode(column)
            segments.append((self._snapshot, path, self._part, kind, data))
            if new:
                words.append((self._snapshot, path, column.parts, msgspec.msgpack.encode(new)))
                column.parts += 1
            column.rows, column.values = [], []
        connection.executemany("INSERT INTO segment VALUES (?, ?, ?, ?, ?)", segments)
        connection.executemany("INSERT INTO dictionary VALUES (?, ?, ?, ?)", words)
        self._part += 1
        self._row = 0

    def _encode(self, column: _Path) -> tuple[str, bytes, list[Any]]:
        column.seen += len(column.rows)
        if not column.high:
            coded = self._dictionary(column)
            if coded is not None:
                return coded
            column.high = True
        numbers = _numbers(column.rows, column.values)
        if numbers is not None:
            return "n", self._zstd.compress(numbers.tobytes()), []
        return "h", self._zstd.compress(_hashes(column.rows, column.values).tobytes()), []

    def _dictionary(self, column: _Path) -> tuple[str, bytes, list[Any]] | None:
        codes = column.codes
        limit = max(_DICTIONARY_SURE, min(_DICTIONARY_MOST, int(column.seen * _SHARE)))
        row_codes: list[int] = []
        for value in column.values:
            if value is None:
                row_codes.append(NULL)
                continue
            if value is NESTED:
                row_codes.append(NESTED_CODE)
                continue
            # True equals 1 as a key; a tuple of it does not.
            key = (value,) if value is True or value is False else value
            code = codes.get(key)
            if code is None:
                if not _fits(value):
                    return None
                code = codes[key] = len(codes) + FIRST
            row_codes.append(code)
        if len(codes) > limit:
            return None
        new = [key[0] if isinstance(key, tuple) else key for key in list(codes)[column.known :]]
        column.known = len(codes)
        kind: type[np.unsignedinteger[Any]] = np.uint8 if len(codes) < 250 else np.uint16
        if len(codes) >= 65_000:
            kind = np.uint32
        full = np.zeros(ROWS, dtype=kind)
        full[column.rows] = row_codes
        return "d", full.dtype.char.encode() + self._zstd.compress(full.tobytes()), new


def _common(examined: Examined, code: int, at: float | None) -> Iterable[tuple[str, Any]]:
    letter, failure = examined.letter, examined.failure
    yield "cause", code
    yield "at", at
    yield "attempts", failure.attempts
    yield "size", body_size(letter.payload)
    yield "redriven", examined.redriven
    yield "origin", failure.origin
    yield "target", failure.target
    yield "address", letter.address
    yield "reason", (failure.message or failure.exception)[:REASON_MOST]
    yield "trace", examined.trace


def body_size(payload: object) -> int:
    """Bytes of the body; 0 where the payload is gone."""
    return len(payload.body) if isinstance(payload, Payload) else 0


def hash_text(text: str) -> int:
    """The 32-bit hash of a value's text, without case; 0 and 1 are kept for absent and nested."""
    return max(zlib.crc32(text.casefold().encode("utf-8", "surrogatepass")), 2)


def _fits(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_VALUE and _encodable(value)
    return not isinstance(value, int) or abs(value) <= _EXACT_INTEGER


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _numbers(rows: Sequence[int], values: Sequence[Any]) -> npt.NDArray[np.float64] | None:
    for value in values:
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _EXACT_INTEGER
        ):
            return None
    full = np.full(ROWS, np.nan)
    full[rows] = [np.nan if value is None else value for value in values]
    return full


def _hashes(rows: Sequence[int], values: Sequence[Any]) -> npt.NDArray[np.uint32]:
    full = np.zeros(ROWS, dtype=np.uint32)
    full[rows] = [
        0 if value is None else 1 if value is NESTED else hash_text(as_text(value)) for value in values
    ]
    return full
