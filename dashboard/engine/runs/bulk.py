"""The broker's own purge of a whole source: fast, not archived, and counted by the broker alone."""

from collections.abc import Sequence

from adapters.api import BulkJob, BulkState, Mark
from dashboard.core import words
from dashboard.engine.runs.gate import on_disk
from dashboard.engine.runs.shop import Link, Shop
from dashboard.store.ledger_rows import MOVED, Finish, RunRow

REASON = "purged by the broker, not archived"


async def purge_in_bulk(row: RunRow, shop: Shop, link: Link) -> str:
    """Purges up to where the look ended and takes every message down as removed; gives the broker's count in words.

    Asking again after a cut purges nothing more, so that a resumed run ends alike. Raises what the adapter raises.
    """
    upto = Mark(row.since) if row.since is not None else None
    job = BulkJob(key=row.setup.id, act="purge", source=link.ref, upto=upto)

    async def progress(states: Sequence[BulkState]) -> None:
        del states
        shop.changed(row.number)

    state = await link.source.bulk(job, progress)
    await on_disk(shop.ledger.finish_planned(row.number, Finish(0, MOVED, "removed", reason=REASON)))
    if state.count is None:
        return "Purged by the broker, which tells no count."
    return f"The broker says that it purged {words.plural(state.count, 'message')}."
