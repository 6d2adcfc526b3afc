"""After a cut: asks source and target what became of each message in flight, and writes down what the table says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from adapters.api import Adapter, Mark, MessageRef, Sighting, SourceRef, TargetRef, Try
from dashboard.core.outgoing import run_key
from dashboard.core.settle import Becomes, Settled, settle
from dashboard.engine.runs.gate import on_disk
from dashboard.store.ledger import Ledger
from dashboard.store.ledger_rows import GONE as GONE_STATE
from dashboard.store.ledger_rows import KEPT, MOVED, UNKNOWN, Copied, Finish, Item

BATCH = 500
STATES = {Becomes.MOVED: MOVED, Becomes.KEPT: KEPT, Becomes.GONE: GONE_STATE, Becomes.UNKNOWN: UNKNOWN}
Keys = Mapping[tuple[str, bytes], int]


class Settler:
    """Settles `sending` items of one run.

    `archived` holds the keys of the run's archive where the copy is an archived one; None where it is published.
    """

    def __init__(
        self,
        number: int,
        run: str,
        ledger: Ledger,
        *,
        source: Adapter,
        ref: SourceRef,
        target: Adapter | None,
        marks: Mapping[str, str],
        archived: Keys | None,
    ) -> None:
        self._number = number
        self._run = run
        self._ledger = ledger
        self._source = source
        self._ref = ref
        self._target = target
        self._marks = {name: Mark(value) for name, value in marks.items()}
        self._archived = archived

    async def settle(self, items: Sequence[Item]) -> datetime | None:
        """Settles `items`; the result is when to ask again for what is still hidden, None when all is told."""
        again_at: datetime | None = None
        for start in range(0, len(items), BATCH):
            batch = items[start : start + BATCH]
            sightings = await self._sightings(batch)
            settled = [
                settle(copied=item.copied, sighting=seen) for item, seen in zip(batch, sightings, strict=True)
            ]
            await self._write(batch, settled, sightings)
            for one in settled:
                if one.becomes is Becomes.WAIT:
                    wait_until = one.not_before or datetime.now(UTC)
                    again_at = wait_until if again_at is None else max(again_at, wait_until)
        return again_at

    async def _sightings(self, batch: Sequence[Item]) -> Sequence[Sighting]:
        if self._archived is not None:
            originals = await self._source.settle(self._ref, [self._try(i, "original") for i in batch], {})
            archived = self._archived
            return [
                replace(
                    seen, copy="found" if (item.key, item.digest) in archived else "none", again_safe=False
                )
                for item, seen in zip(batch, originals, strict=True)
            ]
        if self._target is None or self._target is self._source:
            return await self._source.settle(self._ref, [self._try(i, "both") for i in batch], self._marks)
        originals = await self._source.settle(self._ref, [self._try(i, "original") for i in batch], {})
        copies = await self._target.settle(self._ref, [self._try(i, "copy") for i in batch], self._marks)
        return [
            replace(seen, copy=copy.copy, again_safe=copy.again_safe, copy_ref=copy.copy_ref)
            for seen, copy in zip(originals, copies, strict=True)
        ]

    def _try(self, item: Item, ask: Literal["both", "original", "copy"]) -> Try:
        return Try(
            ref=MessageRef(item.key, item.nth, item.digest),
            key=run_key(self._run, item.n),
            target=None if item.target is None else TargetRef(item.target),
            ask=ask,
            sent_at=None if item.sent_at is None else datetime.fromtimestamp(item.sent_at, UTC),
        )

    async def _write(
        self, batch: Sequence[Item], settled: Sequence[Settled], seen: Sequence[Sighting]
    ) -> None:
        again = [item.n for item, one in zip(batch, settled, strict=True) if one.becomes is Becomes.PLANNED]
        copied = [
            Copied(item.n, sight.copy_ref.key if sight.copy_ref else item.copy)
            for item, one, sight in zip(batch, settled, seen, strict=True)
            if one.becomes is Becomes.COPIED and not item.copied
        ]
        ends = [
            Finish(
                item.n,
                STATES[one.becomes],
                one.original,
                sight.copy_ref.key if sight.copy_ref else None,
                one.reason,
            )
            for item, one, sight in zip(batch, settled, seen, strict=True)
            if one.becomes in STATES
        ]
        if again:
            await on_disk(self._ledger.again(self._number, again))
        if copied:
            await on_disk(self._ledger.copied(self._number, copied))
        if ends:
            await on_disk(self._ledger.finish(self._number, ends))
