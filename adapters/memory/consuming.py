"""Sources of the oracle where looking consumes: messages are held by a connection, or leased until a time of day."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from random import Random

from adapters.api import (
    DeadLetter,
    Effect,
    Fate,
    Gate,
    Lease,
    Look,
    Mark,
    MessageRef,
    Order,
    Outcome,
    ProtocolError,
    RedriveError,
    Sink,
    SourceRef,
    Unsupported,
    Wanted,
)
from adapters.common.acting import RemoveResult, act
from adapters.memory.letters import letter
from adapters.memory.model import Session
from adapters.memory.store import Source, Stored

BATCH = 100


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A delivered message, and when its lease ends (None: with the connection)."""

    stored: Stored
    letter: DeadLetter
    until: datetime | None


class Consuming:
    """One source over one connection, and what that connection holds of it."""

    def __init__(self, session: Session, source: Source) -> None:
        self._session = session
        self._source = source
        self._held: list[Held] = []

    async def browse(self, sink: Sink[DeadLetter], *, start: Mark | None, limit: int, hold: bool) -> Look:
        """One look; what it met is held or given back in order."""
        if start is not None:
            raise Unsupported(f"A look at {self._source.name} starts where the broker starts it.")
        self.give_back()
        look = _Look(self._session, self._source, self._held)
        try:
            while batch := await look.receive(min(BATCH, limit - look.met)):
                await sink([it.letter for it in batch])
        finally:
            if not hold and self._session.alive:
                self.give_back()
        return Look(
            look.met,
            complete=look.complete,
            lease=self.lease() if hold else None,
            looks_left=self._source.looks_left(),
        )

    async def take(self, wanted: Wanted, gate: Gate) -> Look:
        """One pass over what is held, then over what was ready when it began."""
        if wanted.upto is not None:
            raise Unsupported(f"{self._source.name} has no positions to stop at.")
        look = _Look(self._session, self._source, self._held)
        failed: set[str] = set()
        complete = True
        try:
            batch = look.held() or await look.receive(BATCH)
            while batch and complete:
                for wave in self._waves(batch, wanted):
                    complete = complete and await self._ask(wave, wanted, gate, failed)
                batch = await look.receive(BATCH) if complete else []
        finally:
            if self._session.alive:
                self.give_back()
        return Look(look.met, complete=complete and look.complete, looks_left=self._source.looks_left())

    def give_back(self) -> None:
        """Gives back all that is held, in order."""
        self._session.give_back(self._source, [it.stored for it in self._held])
        self._held.clear()
        self._session.holding_since = None

    def lease(self) -> Lease | None:
        """What is held now."""
        now = self._session.broker.now()
        count = self._source.held_by(self._session, now)
        if not count:
            return None
        ends = [it.until for it in self._held if it.until is not None]
        ref = SourceRef(self._source.name, self._source.incarnation)
        return Lease(ref, count, max(ends, default=None))

    def _waves(self, batch: Sequence[Held], wanted: Wanted) -> Iterator[list[Held]]:
        """Wanted messages in the order met; where groups are ordered, one of each group at a time."""
        rest = [it for it in batch if it.letter.ref.key in wanted]
        while rest:
            if not self._source.shape.per_group:
                yield rest
                return
            wave = list({it.stored.group: it for it in reversed(rest)}.values())
            wave.sort(key=rest.index)
            rest = [it for it in rest if it not in wave]
            yield wave

    async def _ask(self, wave: Sequence[Held], wanted: Wanted, gate: Gate, failed: set[str]) -> bool:
        """Asks about one wave; False once the gate is closed. A group with a failed message is not asked about."""
        rest = [it for it in wave if it.stored.group not in failed or not self._source.shape.per_group]
        rest = await self._drop_replaced(rest, wanted, gate)
        while rest:
            orders = () if gate.closed else await gate.admit([it.letter.ref for it in rest])
            if not orders:
                return False
            asked, rest = rest[: len(orders)], rest[len(orders) :]
            went = await self._act(asked, orders, gate)
            failed.update(it.stored.group for it in asked if it.letter.ref not in went)
        return True

    async def _drop_replaced(self, met: list[Held], wanted: Wanted, gate: Gate) -> list[Held]:
        digests = {key: {ref.digest for ref in wanted.refs[key]} for key in {it.letter.ref.key for it in met}}
        same = [it for it in met if it.letter.ref.digest in digests[it.letter.ref.key]]
        if len(same) < len(met):
            others = [it.letter.ref for it in met if it not in same]
            await gate.done([Outcome(ref, Fate.KEPT, "left", reason="replaced") for ref in others])
        return same

    async def _act(self, asked: Sequence[Held], orders: Sequence[Order], gate: Gate) -> set[MessageRef]:
        """Acts on what is still ours: `admit` may have lasted longer than a lease. Returns what went."""
        self._session.check()
        now = self._session.broker.now()
        ours = [it.until is None or now < it.until for it in asked]
        late = [
            Outcome(it.letter.ref, Fate.KEPT, "left", reason="its lease ended before it was sent")
            for it, order, held in zip(asked, orders, ours, strict=True)
            if not held and order is Order.SEND
        ]
        if late:
            await gate.done(late)
        still = [it for it, held in zip(asked, ours, strict=True) if held]
        by_ref = {it.letter.ref: it for it in still}

        async def remove(letters: Sequence[DeadLetter]) -> Sequence[RemoveResult]:
            return [await self._answer(by_ref[it.ref]) for it in letters]

        ended = await act(
            remove,
            gate,
            [it.letter for it in still],
            [order for order, held in zip(orders, ours, strict=True) if held],
        )
        return {it.ref for it in ended if it.original == "removed"}

    async def _answer(self, held: Held) -> RemoveResult:
        try:
            went = await self._session.effect("remove", lambda: self._remove(held), pretend=True)
        except RedriveError as error:
            return error
        if not went:
            return ProtocolError(
                "The lease had ended; the broker may not have removed it.", effect=Effect.UNKNOWN
            )
        self._held.remove(held)
        return None

    def _remove(self, held: Held) -> bool:
        now = self._session.broker.now()
        ours = held.stored.holder is self._session and (held.until is None or now < held.until)
        return ours and self._source.remove(held.stored)


class _Look:
    """One pass: it meets what was ready when it began, each message once."""

    def __init__(self, session: Session, source: Source, held: list[Held]) -> None:
        self._session = session
        self._source = source
        self._held = held
        self._twins: Counter[str] = Counter(it.letter.ref.key for it in held)
        self._waiting = source.ready(session.broker.now())
        if session.broker.faults.shuffle or not source.shape.traits.ordered:
            Random(len(self._waiting)).shuffle(self._waiting)
        self._others = len(source.messages) - len(self._waiting) - len(held)
        self.met = 0

    @property
    def complete(self) -> bool:
        """Whether everything was met, and nobody else held anything."""
        return self._source.shape.traits.complete and not self._waiting and not self._others

    def held(self) -> list[Held]:
        """What an earlier look holds for this one; leases that have ended are not among it."""
        now = self._session.broker.now()
        ours = [it for it in self._held if it.until is None or now < it.until]
        self.met += len(ours)
        return ours

    async def receive(self, limit: int) -> list[Held]:
        """At most `limit` more; each delivery is an effect."""
        self._session.check()
        await asyncio.sleep(0)
        batch: list[Held] = []
        while not batch and (found := list(islice(self._open(), limit))):
            for stored in found:
                self._waiting.remove(stored)
                if await self._session.effect("lease", partial(self._lease, stored)):
                    batch.append(self._delivered(stored))
        self.met += len(batch)
        return batch

    def _open(self) -> Iterator[Stored]:
        """What the broker would deliver: of a group only so many while others of it are away."""
        per_group = self._source.shape.per_group
        if not per_group:
            return iter(self._waiting)
        now = self._session.broker.now()
        away = {it.group for it in self._source.messages.values() if it.away(now)}
        count: Counter[str] = Counter()
        heads = []
        for stored in sorted(self._waiting, key=lambda it: it.seq):
            count[stored.group] += 1
            if stored.group not in away and count[stored.group] <= per_group:
                heads.append(stored)
        return iter(heads)

    def _lease(self, stored: Stored) -> bool:
        now = self._session.broker.now()
        if not self._source.lease(stored, self._session, now):
            return False
        if self._session.holding_since is None:
            self._session.holding_since = now
        return True

    def _delivered(self, stored: Stored) -> Held:
        met = letter(self._source, stored)
        nth = self._twins[met.ref.key]
        self._twins[met.ref.key] += 1
        if nth:
            met = letter(self._source, stored, nth)
        held = Held(stored, met, stored.until)
        self._held.append(held)
        return held
