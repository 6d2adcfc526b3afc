"""The causes of the letters that match a query, counted over columns."""

import sqlite3

import numpy as np
import numpy.typing as npt

from dashboard.core.letters import CauseGroup
from dashboard.core.query_tree import Field, Kind
from dashboard.store.dead_codec import moment
from dashboard.store.dead_index import ColumnReader, Extent
from dashboard.store.dead_order import Keys, keys_of
from dashboard.store.dead_search import Numbers
from dashboard.store.dead_write import HOURS

_CODE = Field(Kind.NUMBER, "cause")
_AT = Field(Kind.TIME, "at")


def groups_of(
    connection: sqlite3.Connection, extent: Extent, columns: ColumnReader, numbers: Numbers, most: int
) -> tuple[CauseGroup, ...]:
    """As the whole snapshot's groups, over these letters only; most letters first, at most `most` groups."""
    if not len(numbers):
        return ()
    codes = keys_of(connection, extent, columns, numbers, _CODE).astype(np.int64)
    at = keys_of(connection, extent, columns, numbers, _AT)
    size = int(codes.max()) + 1
    counts = np.bincount(codes, minlength=size)
    first = np.full(size, np.inf)
    last = np.full(size, -np.inf)
    np.fmin.at(first, codes, at)
    np.fmax.at(last, codes, at)
    hours = _hours(connection, extent, codes, at, size)
    largest = [int(code) for code in np.argsort(-counts, kind="stable")[:most] if counts[code]]
    named = {
        code: names
        for code, *names in connection.execute(
            "SELECT code, cause, title, exception, sample FROM cause WHERE snapshot = ?", (extent.snapshot,)
        )
    }
    return tuple(
        CauseGroup(
            cause=named[code][0],
            title=named[code][1],
            exception=named[code][2],
            count=int(counts[code]),
            first_at=moment(float(first[code]) if np.isfinite(first[code]) else None),
            last_at=moment(float(last[code]) if np.isfinite(last[code]) else None),
            hours=tuple(int(number) for number in hours[code]),
            sample=named[code][3],
        )
        for code in largest
    )


def _hours(
    connection: sqlite3.Connection, extent: Extent, codes: Numbers, at: Keys, size: int
) -> npt.NDArray[np.int64]:
    """Letters of each cause in each of the 24 hours before the reading began, oldest first."""
    (begun,) = connection.execute("SELECT begun FROM snapshot WHERE id = ?", (extent.snapshot,)).fetchone()
    ago = np.floor((begun - np.nan_to_num(at, nan=-np.inf)) / 3600)
    recent = (ago >= 0) & (ago < HOURS)
    hours = np.zeros((size, HOURS), dtype=np.int64)
    np.add.at(hours, (codes[recent], HOURS - 1 - ago[recent].astype(np.int64)), 1)
    return hours
