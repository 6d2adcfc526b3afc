"""Sources of the oracle that have positions: read freely, removed, marked or moved one by one."""

import asyncio
from collections.abc import Sequence
from functools import partial

from adapters.api import (
    CopyRef,
    DeadLetter,
    Disconnected,
    Fate,
    Gate,
    Handled,
    Look,
    Mark,
    MessageRef,
    NotFound,
    Order,
    Outcome,
    Outgoing,
    RedriveError,
    Refusal,
    Sink,
    Wanted,
)
from adapters.common import seekable
from adapters.common.acting import RemoveResult, Went, outcome
from adapters.common.seekable import Page
from adapters.memory.letters import letter
from adapters.memory.model import Session
from adapters.memory.store import Source, Stored, Target


class MemoryPositions:
    """One source by position, over one connection."""

    def __init__(self, session: Session, source: Source) -> None:
        self._session = session
        self._source = source
        self._went: Went = "marked" if source.shape.traits.removal == "mark" else "removed"

    async def browse(self, sink: Sink[DeadLetter], *, start: Mark | None, limit: int) -> Look:
        """Reads without effect."""
        return await seekable.browse(self, sink, start=start, limit=limit)

    async def take(self, wanted: Wanted, gate: Gate) -> Look:
        """Seeks what is wanted."""
        return await seekable.take(self, wanted, gate, went=self._went)

    async def move(self, wanted: Wanted, gate: Gate) -> Look:
        """Seeks what is wanted; copy and removal (or mark) of each are one effect."""
        return await seekable.walk(self, wanted, gate, partial(self._move, gate))

    async def end(self) -> Mark:
        """The last position in use."""
        await self._breathe()
        return Mark(str(self._source.last))

    async def read(self, after: Mark | None, end: Mark, limit: int) -> Page:
        """A page by position."""
        await self._breathe()
        start = int(after.value) if after is not None else 0
        lying = list(self._source.between(start, int(end.value)))
        page = lying[:limit]
        following = Mark(str(page[-1].seq)) if len(lying) > limit else None
        return Page([letter(self._source, it) for it in page], following)

    async def get(self, keys: Sequence[str]) -> Sequence[DeadLetter | None]:
        """Letters by position."""
        await self._breathe()
        lying = [self._source.messages.get(int(key)) if key.isdecimal() else None for key in keys]
        return [letter(self._source, it) if it is not None else None for it in lying]

    def within(self, key: str, mark: Mark) -> bool:
        """Positions compare as numbers."""
        return int(key) <= int(mark.value)

    async def remove(self, letters: Sequence[DeadLetter]) -> Sequence[RemoveResult]:
        """Removes or marks, one effect each."""
        results: list[RemoveResult] = []
        for it in letters:
            try:
                results.append(await self._remove(it))
            except RedriveError as error:
                results.append(error)
        return results

    async def _remove(self, met: DeadLetter) -> RemoveResult:
        stored = self._source.messages.get(int(met.ref.key))
        if stored is None:
            self._session.check()
            return NotFound("There is no such message.")
        if self._went == "marked":
            await self._session.effect("mark", lambda: self._mark(stored, run=""))
            return None
        went = await self._session.effect("remove", lambda: self._source.remove(stored), pretend=True)
        return None if went else NotFound("There is no such message.")

    async def _move(self, gate: Gate, letters: Sequence[DeadLetter], orders: Sequence[Order]) -> None:
        ends: list[Outcome] = []
        broken: Disconnected | None = None
        for it, order in zip(letters, orders, strict=True):
            try:
                if order is Order.SEND:
                    ends.append(await self._send(it, gate.outgoing(it)))
                elif order is Order.REMOVE:
                    ends.append(outcome(it.ref, await self._answer(it), self._went))
            except Disconnected as error:
                broken = error
                break
        if ends:
            await gate.done(ends)
        if broken is not None:
            raise broken

    async def _answer(self, met: DeadLetter) -> RemoveResult:
        try:
            return await self._remove(met)
        except Disconnected:
            raise
        except RedriveError as error:
            return error

    async def _send(self, met: DeadLetter, out: Outgoing | Refusal) -> Outcome:
        if isinstance(out, Refusal):
            return Outcome(met.ref, Fate.KEPT, "left", reason=out.reason)
        target = self._session.broker.targets.get(out.target.name)
        if target is None:
            return Outcome(met.ref, Fate.KEPT, "left", reason=f"There is no target {out.target.name!r}.")
        try:
            moved = await self._session.effect("move", lambda: self._transfer(met.ref, target, out))
        except Disconnected:
            raise
        except RedriveError as error:
            return Outcome(met.ref, Fate.KEPT, "left", reason=str(error))
        if moved is None:
            return Outcome(met.ref, Fate.GONE, "removed", reason="somebody else had removed it before")
        return Outcome(met.ref, Fate.MOVED, self._went, copy=moved)

    def _transfer(self, ref: MessageRef, target: Target, out: Outgoing) -> CopyRef | None:
        stored = self._source.messages.get(int(ref.key))
        if stored is None:
            return None
        dedupe_s = self._source.shape.dedupe_s
        copy = target.publish(out.payload, out.key, self._session.broker.now(), dedupe_s)
        if self._went == "marked":
            self._mark(stored, run=out.key.partition("/")[0])
        else:
            self._source.remove(stored)
        return copy.ref

    def _mark(self, stored: Stored, *, run: str) -> None:
        if stored.handled is None:
            stored.handled = Handled(run, self._session.broker.now())

    async def _breathe(self) -> None:
        """Lets others run, as a round trip would."""
        self._session.check()
        await asyncio.sleep(0)
        self._session.check()
