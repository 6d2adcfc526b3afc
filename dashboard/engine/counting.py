"""How many messages lie in one source now, asked where nobody watches it."""

import math

from adapters.api import Adapter, Measure, Scope


async def count_now(adapter: Adapter, name: str) -> int | None:
    """The broker's own count; None where it does not tell."""
    sweep = await adapter.sweep(Scope([name]))
    column = sweep.columns.get(Measure.DEPTH)
    if column is None or name not in sweep.names:
        return None
    depth = column.values[sweep.names.index(name)]
    return None if math.isnan(depth) else int(depth)
