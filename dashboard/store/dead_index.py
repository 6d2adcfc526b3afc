"""Reads a snapshot's columns and tests whole columns at once."""

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import zstandard

from dashboard.core.query_tree import Between, Compare, Equals, Field, Kind, Like, Null, Test
from dashboard.core.query_values import MISSING, NESTED, as_text, predicate, read_bound
from dashboard.store.dead_columns import ABSENT, FIRST, NESTED_CODE, NULL, ROWS, SEPARATOR, hash_text

Mask = npt.NDArray[np.bool_]
_CACHED_BYTES = 96 << 20
_ABSENT_HASHES = 2


@dataclass(frozen=True, slots=True)
class Extent:
    """What of a snapshot is there: `count` letters, `indexed` of them in columns, and whether paths were left out."""

    snapshot: int
    count: int
    indexed: int
    paths_full: bool
    twins: bool = False


@dataclass(slots=True)
class Column:
    """One path: its dictionary and, by part, kind and values."""

    words: list[Any] = field(default_factory=list)
    parts: dict[int, tuple[str, npt.NDArray[Any]]] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """Roughly, of the arrays and the dictionary."""
        return sum(values.nbytes for _, values in self.parts.values()) + 80 * len(self.words)


class ColumnReader:
    """Columns of snapshots with a bounded cache; used by one thread at a time."""

    def __init__(self) -> None:
        self._cache: OrderedDict[tuple[int, int, str], Column] = OrderedDict()
        self._bytes = 0
        self._zstd = zstandard.ZstdDecompressor()

    def column(self, connection: sqlite3.Connection, extent: Extent, path: str) -> Column:
        """The column; without parts where no letter has the path."""
        key = (extent.snapshot, extent.indexed, path)
        found = self._cache.get(key)
        if found is not None:
            self._cache.move_to_end(key)
            return found
        column = self._read(connection, extent, path)
        self._cache[key] = column
        self._bytes += column.nbytes
        while self._bytes > _CACHED_BYTES and len(self._cache) > 1:
            self._bytes -= self._cache.popitem(last=False)[1].nbytes
        return column

    def _read(self, connection: sqlite3.Connection, extent: Extent, path: str) -> Column:
        column = Column()
        where = "WHERE snapshot = ? AND path = ? ORDER BY part"
        for (data,) in connection.execute(
            f"SELECT data FROM dictionary {where}",
            (extent.snapshot, path),
        ):
            column.words.extend(msgspec.msgpack.decode(data))
        for part, kind, data in connection.execute(
            f"SELECT part, kind, data FROM segment {where}",
            (extent.snapshot, path),
        ):
            if part * ROWS < extent.indexed:
                column.parts[part] = (kind, self._values(kind, data))
        return column

    def _values(self, kind: str, data: bytes) -> npt.NDArray[Any]:
        if kind == "d":
            return np.frombuffer(self._zstd.decompress(data[1:]), dtype=data[:1].decode())
        return np.frombuffer(self._zstd.decompress(data), dtype=np.float64 if kind == "n" else np.uint32)


def path_of(field: Field) -> str | None:
    """The column a field lies in; None for a path that columns do not hold (into lists)."""
    if field.kind is Kind.HEADER:
        return f"h:{field.name}"
    if field.kind is Kind.BODY:
        segments = [segment for segment in field.path if isinstance(segment, str) and not segment.isdecimal()]
        if len(segments) < len(field.path) or any(SEPARATOR in segment for segment in segments):
            return None
        return f"b:{SEPARATOR.join(segments)}"
    return f"c:{field.name}"


def check_column(column: Column, extent: Extent, test: Test) -> tuple[Mask, Mask]:
    """Which letters pass, and which may pass and must be looked at; arrays of `extent.count`."""
    sure = np.zeros(extent.count, dtype=np.bool_)
    maybe = np.zeros(extent.count, dtype=np.bool_)
    maybe[extent.indexed :] = True
    passes = predicate(test)
    table = _table(column.words, passes)
    absent = passes(MISSING)
    for begin in range(0, extent.indexed, ROWS):
        end = min(begin + ROWS, extent.indexed)
        kind, values = column.parts.get(begin // ROWS, ("", _EMPTY))
        values = values[: end - begin]
        if kind == "d":
            sure[begin:end] = table[values]
        elif kind == "n":
            sure[begin:end] = _numbers(values, test, passes)
        elif kind == "h":
            sure[begin:end], maybe[begin:end] = _hashed(values, test)
        elif absent:
            sure[begin:end] = True
    return sure, maybe


_EMPTY: npt.NDArray[Any] = np.zeros(0)


def _table(words: Sequence[Any], passes: Callable[[Any], bool]) -> Mask:
    table = np.zeros(FIRST + len(words), dtype=np.bool_)
    table[ABSENT], table[NULL], table[NESTED_CODE] = passes(MISSING), passes(None), passes(NESTED)
    table[FIRST:] = [passes(word) for word in words]
    return table


def _numbers(values: npt.NDArray[Any], test: Test, passes: Callable[[Any], bool]) -> Mask:
    match test:
        case Null():
            return np.asarray(np.isnan(values), dtype=np.bool_)
        case Compare(operator, bound) if not isinstance(bound, str):
            compare = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}[operator]
            return np.asarray(compare(values, bound), dtype=np.bool_)
        case Between(low, high) if not isinstance(low, str) and not isinstance(high, str):
            over = values >= (-np.inf if low is None else low)
            return np.asarray(over & (values <= (np.inf if high is None else high)), dtype=np.bool_)
        case Equals(text):
            number = read_bound(Kind.NUMBER, text)
            return np.asarray(values == (np.nan if number is None else number), dtype=np.bool_)
        case _:
            distinct, inverse = np.unique(values, return_inverse=True)
            known = [not np.isnan(value) and passes(float(value)) for value in distinct]
            return np.asarray(known, dtype=np.bool_)[inverse]


def _hashed(values: npt.NDArray[Any], test: Test) -> tuple[Mask, Mask]:
    none = np.zeros(len(values), dtype=np.bool_)
    match test:
        case Null():
            return np.asarray(values == ABSENT, dtype=np.bool_), none
        case Equals(text):
            wanted = {hash_text(text)}
            number = read_bound(Kind.NUMBER, text)
            if isinstance(number, float):
                wanted |= {hash_text(as_text(number)), hash_text(str(number))}
            return none, np.isin(values, list(wanted))
        case Like() | Compare() | Between():
            return none, np.asarray(values >= _ABSENT_HASHES, dtype=np.bool_)


def numbers_of(column: Column, extent: Extent) -> npt.NDArray[np.float64] | None:
    """The column as numbers, NaN where unknown; None where it holds anything else."""
    full = np.full(extent.count, np.nan)
    if any(isinstance(word, str | bool) for word in column.words):
        return None
    table = np.full(FIRST + len(column.words), np.nan)
    table[FIRST:] = column.words
    for part, (kind, values) in column.parts.items():
        if kind == "h":
            return None
        begin, end = part * ROWS, min((part + 1) * ROWS, extent.indexed)
        full[begin:end] = (table[values] if kind == "d" else values)[: end - begin]
    return full


def codes_of(column: Column, extent: Extent) -> npt.NDArray[np.int64] | None:
    """For each letter the index of its value in `column.words`, -1 for none; None without a whole dictionary."""
    full = np.full(extent.count, -1, dtype=np.int64)
    for part, (kind, values) in column.parts.items():
        if kind != "d":
            return None
        begin, end = part * ROWS, min((part + 1) * ROWS, extent.indexed)
        full[begin:end] = np.maximum(values[: end - begin].astype(np.int64) - FIRST, -1)
    return full


def flagged(column: Column, extent: Extent) -> Mask:
    """Letters listed in a column of flags."""
    return check_column(column, extent, Null())[0] ^ _all_true(extent)


def _all_true(extent: Extent) -> Mask:
    full = np.zeros(extent.count, dtype=np.bool_)
    full[: extent.indexed] = True
    return full
