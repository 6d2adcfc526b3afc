"""The order of letters by a field: by columns where they hold it, else by the letters themselves."""

import math
import sqlite3
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.core.query_tree import Field, Kind
from dashboard.core.query_values import as_text
from dashboard.store.dead_codec import causes_of
from dashboard.store.dead_index import ColumnReader, Extent, codes_of, flagged, numbers_of, path_of
from dashboard.store.dead_search import Numbers
from dashboard.store.dead_values import values_of

Keys = npt.NDArray[np.float64]


def in_order(
    connection: sqlite3.Connection,
    extent: Extent,
    columns: ColumnReader,
    numbers: Numbers,
    field: Field,
    *,
    descending: bool,
) -> Numbers:
    """The numbers by the field's value; equal ones in the source's order, unknown ones last either way."""
    if not len(numbers) or (field.kind is Kind.TEXT and field.name == "id"):
        return numbers[::-1] if descending else numbers
    keys = keys_of(connection, extent, columns, numbers, field)
    order = np.argsort(-keys if descending else keys, kind="stable")  # NaN sorts last
    return numbers[order]


def keys_of(
    connection: sqlite3.Connection, extent: Extent, columns: ColumnReader, numbers: Numbers, field: Field
) -> Keys:
    """A number for each letter by which they are ordered, NaN for unknown; of a number or a time the value itself."""
    if field.kind is Kind.CAUSE or field.name == "exception":
        return _by_cause(connection, extent, columns, numbers, field)
    path = path_of(field)
    column = columns.column(connection, extent, path) if path else None
    if path is None or column is None or (not column.parts and extent.paths_full):
        return _by_value(connection, extent, numbers, field)
    loose = _loose(connection, extent, columns, numbers, path)
    values = {n: _first(value) for n, value in values_of(connection, extent.snapshot, loose, field)}
    whole = numbers_of(column, extent)
    if whole is not None and all(value is None or _number(value) for value in values.values()):
        for n, value in values.items():
            whole[n - 1] = math.nan if value is None else value
        return np.asarray(whole[numbers - 1], dtype=np.float64)
    codes = codes_of(column, extent)
    if codes is None:
        return _by_value(connection, extent, numbers, field)
    words = [*column.words, *values.values(), None]
    for index, n in enumerate(values, len(column.words)):
        codes[n - 1] = index
    return _ranked(words)[codes[numbers - 1]]


def _loose(
    connection: sqlite3.Connection, extent: Extent, columns: ColumnReader, numbers: Numbers, path: str
) -> Numbers:
    """Letters of `numbers` that the columns do not hold, or not rightly; ascending."""
    loose = np.zeros(extent.count, dtype=np.bool_)
    loose[extent.indexed :] = True
    if not path.startswith("c:"):
        loose |= flagged(columns.column(connection, extent, f"!{path[0]}"), extent)
    return np.sort(numbers[loose[numbers - 1]])


def _by_value(connection: sqlite3.Connection, extent: Extent, numbers: Numbers, field: Field) -> Keys:
    found = dict(values_of(connection, extent.snapshot, np.sort(numbers), field))
    return _ranked([_first(found.get(int(n))) for n in numbers])


def _by_cause(
    connection: sqlite3.Connection, extent: Extent, columns: ColumnReader, numbers: Numbers, field: Field
) -> Keys:
    causes = causes_of(connection, extent.snapshot)
    part = 1 if field.kind is Kind.CAUSE else 2
    ranks = _ranked([causes[code][part] or None for code in causes])
    rank_of = dict(zip(causes, ranks, strict=True))
    codes = numbers_of(columns.column(connection, extent, "c:cause"), extent)
    assert codes is not None, "codes are numbers"
    tail = np.sort(numbers[numbers > extent.indexed])
    for n, code in values_of(connection, extent.snapshot, tail, Field(Kind.NUMBER, "cause")):
        codes[n - 1] = code
    distinct, inverse = np.unique(codes[numbers - 1], return_inverse=True)
    return np.asarray([rank_of[int(code)] for code in distinct])[inverse]


def _first(value: Any) -> Any:
    if isinstance(value, list):
        return value[0] if value else None
    return value if isinstance(value, str | int | float) else None


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _ranked(values: list[Any]) -> Keys:
    """Numbers before texts, texts without case, None as NaN."""
    known = sorted(
        {_sort_key(value) for value in values if value is not None},
    )
    ranks = {key: float(rank) for rank, key in enumerate(known)}
    return np.asarray([math.nan if value is None else ranks[_sort_key(value)] for value in values])


def _sort_key(value: Any) -> tuple[int, float, str]:
    return (0, float(value), "") if _number(value) else (1, 0.0, as_text(value).casefold())
