"""Browse, take and settle for brokers that have positions and let one look without effect.

An adapter writes a `Positions` (where it ends, read a page, get by key, remove by ref) bound to one source, checks the
source's incarnation when it makes one, and hands it to `browse`, `take` and `settle`.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Literal, Protocol, TypeVar

from adapters.api import (
    CopyRef,
    DeadLetter,
    Fate,
    Gate,
    Gone,
    Look,
    Mark,
    Marks,
    Order,
    Outcome,
    Payload,
    Sighting,
    Sink,
    Try,
    Wanted,
)
from adapters.common.acting import RemoveResult, Went, act

__all__ = [
    "BATCH",
    "CopySight",
    "Page",
    "Positions",
    "RemoveResult",
    "Seen",
    "Step",
    "browse",
    "chunks",
    "settle",
    "sighting",
    "take",
    "walk",
]

T = TypeVar("T")

BATCH = 500
"""Messages a step: large enough to hide a round trip, small enough that a cut leaves few in doubt."""

STEP_BYTES = 16 * 1024 * 1024
"""Bytes a step should hold at most: several steps are in memory at once, each a few times over."""

FRESH_S = 1.0
"""Seconds after which a message that waited for the gate is looked at again before it is sent."""


@dataclass(frozen=True, slots=True)
class Page:
    """Letters in the source's order; `next` is where the following page starts, None after the last one."""

    letters: Sequence[DeadLetter]
    next: Mark | None


@dataclass(frozen=True, slots=True)
class CopySight:
    """What is known of one try's copy."""

    copy: Literal["found", "none", "cannot_tell"]
    again_safe: bool = False
    ref: CopyRef | None = None


def step_of(mean_size: float, most: int) -> int:
    """How many messages of that mean size in bytes to take in a step, between 1 and `most`."""
    return max(1, min(most, int(STEP_BYTES / max(1.0, mean_size))))


class Positions(Protocol):
    """One source whose messages lie under positions; every method may raise `RedriveError`.

    A mark is a position: reading starts after it, a bound includes it.
    """

    async def end(self) -> Mark:
        """The last position in use now."""
        ...

    async def read(self, after: Mark | None, end: Mark, limit: int) -> Page:
        """At most `limit` letters after `after` (None: from the first) up to and with `end`."""
        ...

    async def get(self, keys: Sequence[str]) -> Sequence[DeadLetter | None]:
        """One letter a key, in order, None where nothing lies there; keys come in the source's order."""
        ...

    def within(self, key: str, mark: Mark) -> bool:
        """Whether the position `key` lies at or before `mark`."""
        ...

    async def remove(self, letters: Sequence[DeadLetter]) -> Sequence[RemoveResult]:
        """Removes these; one result each, in order: see `adapters.common.acting.Remove`."""
        ...


Seen = Literal["there", "away", "hidden", "marked", "cannot_tell"]
"""What is known of an original."""

Step = Callable[[Sequence[DeadLetter], Sequence[Order]], Awaitable[object]]
"""Acts on one admitted prefix and reports to the gate how its messages ended."""

Get = Callable[[Sequence[str]], Awaitable[Sequence[DeadLetter | None]]]
"""Gets letters by key, as `Positions.get`."""

FindCopies = Callable[[Sequence[Try], Marks], Awaitable[Sequence[CopySight]]]
"""Searches the targets for copies from the marks on; one sight a try, in order."""


async def browse(
    positions: Positions, sink: Sink[DeadLetter], *, start: Mark | None, limit: int, batch: int = BATCH
) -> Look:
    """One pass from after `start` to what is the end now; the next page is read while the sink has the last.

    `complete` means that nothing between `start` and the end was left out. `end` may be the next look's `start`.
    """
    end = await positions.end()
    met = 0
    after = start
    with_sink = _Behind()
    try:
        while met < limit:
            page = await positions.read(after, end, min(batch, limit - met))
            await with_sink.settled()
            if page.letters:
                with_sink.start(partial(sink, page.letters))
                met += len(page.letters)
            if page.next is None:
                await with_sink.settled()
                return Look(met, complete=True, end=end)
            after = page.next
        await with_sink.settled()
    finally:
        await with_sink.stop()
    return Look(met, complete=False, end=after)


async def take(
    positions: Positions, wanted: Wanted, gate: Gate, *, batch: int = BATCH, went: Went = "removed"
) -> Look:
    """One pass over the wanted positions that keeps, then removes: see `walk` and `adapters.common.acting.act`."""
    return await walk(positions, wanted, gate, partial(act, positions.remove, gate, went=went), batch=batch)


async def walk(
    positions: Positions,
    wanted: Wanted,
    gate: Gate,
    step: Step,
    *,
    batch: int = BATCH,
    most: int = 1,
    again: Get | None = None,
) -> Look:
    """One pass over the wanted positions: the next step is looked for while at most `most` are acted on.

    A gate that paces may admit long after the read: what waited longer than FRESH_S is looked at once more by `again`
    before it is acted on, so that a message that somebody else has removed meanwhile is gone and not brought back.

    `step` acts on letters and their orders and reports how they ended. A digest that is not the wanted one is not
    asked about: its outcome is kept, left, "replaced". Wanted messages that are not there are not reported; after
    a complete pass the engine knows what that means.
    """
    end = await positions.end()
    acting = _Behind(most)
    admitting = _Admitting(wanted, gate, step, acting, again)
    met, complete = 0, True
    # The next letters may have been got while the last ones were admitted.
    read_at = asyncio.get_running_loop().time()
    try:
        for keys in chunks(positions, wanted, batch):
            complete = not gate.closed
            if not complete:
                break
            found, replaced = _sort(keys, await acting.guard(partial(positions.get, keys)), wanted)
            met += len(found) + len(replaced)
            if replaced:
                await acting.settled()
                await gate.done(replaced)
            asked_at, read_at = read_at, asyncio.get_running_loop().time()
            complete = await admitting.all(found, asked_at)
            if not complete:
                break
        await acting.settled()
    finally:
        await acting.stop()
    return Look(met, complete=complete, end=end)


@dataclass(frozen=True, slots=True)
class _Admitting:
    """Asks the gate about what was met and starts what it orders."""

    wanted: Wanted
    gate: Gate
    step: Step
    acting: "_Behind"
    again: Get | None

    async def all(self, found: Sequence[DeadLetter], read_at: float) -> bool:
        """Prefix by prefix; False once the gate is closed. `read_at`: the loop's time before `found` was read."""
        rest = found
        while rest:
            if self.gate.closed:
                return False
            # Room first: what is admitted and not yet acted on would be in doubt after a kill as well.
            await self.acting.room()
            orders = await self.acting.guard(partial(self.gate.admit, [it.ref for it in rest]))
            if not orders:
                return False
            letters: Sequence[DeadLetter] = rest[: len(orders)]
            rest = rest[len(orders) :]
            if self.again is not None and asyncio.get_running_loop().time() - read_at > FRESH_S:
                letters, orders = await self._still(self.again, letters, orders)
            if letters:
                self.acting.start(partial(self.step, letters, orders))
        return True

    async def _still(
        self, again: Get, letters: Sequence[DeadLetter], orders: Sequence[Order]
    ) -> tuple[Sequence[DeadLetter], Sequence[Order]]:
        """What still lies there of what is to be sent, with its orders; the rest is reported."""
        ordered = dict(zip((it.ref.key for it in letters), orders, strict=True))
        keys = [key for key, order in ordered.items() if order is Order.SEND]
        now = await self.acting.guard(partial(again, keys)) if keys else ()
        _, ended = _sort(keys, now, self.wanted)
        ended += [
            Outcome(
                self.wanted.refs[key][0], Fate.GONE, "removed", reason="somebody else had removed it before"
            )
            for key, letter in zip(keys, now, strict=True)
            if letter is None
        ]
        if not ended:
            return letters, orders
        await self.acting.settled()
        await self.gate.done(ended)
        over = {it.ref.key for it in ended}
        left = [it for it in letters if it.ref.key not in over]
        return left, [ordered[it.ref.key] for it in left]


async def settle(
    positions: Positions, find: FindCopies, tries: Sequence[Try], since: Marks
) -> Sequence[Sighting]:
    """One sighting a try, in order: originals by position and digest, copies by `find`; only the half asked for."""
    asked = [place for place, it in enumerate(tries) if it.ask != "copy"]
    letters = await positions.get([tries[place].ref.key for place in asked]) if asked else ()
    originals = {place: _lying(tries[place], letter) for place, letter in zip(asked, letters, strict=True)}
    sought = [place for place, it in enumerate(tries) if it.ask != "original" and it.target is not None]
    sights = await find([tries[place] for place in sought], since) if sought else ()
    copies = dict(zip(sought, sights, strict=True))
    return [
        sighting(it, originals.get(place, "cannot_tell"), copies.get(place, CopySight("cannot_tell")))
        for place, it in enumerate(tries)
    ]


def sighting(tried: Try, original: Seen, copy: CopySight, not_before: datetime | None = None) -> Sighting:
    """Both halves of a try in one."""
    return Sighting(tried.ref, original, copy.copy, copy.again_safe, not_before, copy.ref)


def _lying(tried: Try, letter: DeadLetter | None) -> Seen:
    """What lies under the try's position; a pointer whose payload is gone has lost its digest with it."""
    if letter is None or (letter.ref.digest != tried.ref.digest and isinstance(letter.payload, Payload)):
        return "away"
    return "there" if letter.handled is None else "marked"


def _sort(
    keys: Sequence[str], letters: Sequence[DeadLetter | None], wanted: Wanted
) -> tuple[list[DeadLetter], list[Outcome]]:
    """What was met, apart from what lies there in another's place."""
    found: list[DeadLetter] = []
    replaced: list[Outcome] = []
    for key, letter in zip(keys, letters, strict=True):
        if letter is None:
            continue
        ref = wanted.refs[key][0]
        if letter.ref.digest == ref.digest:
            found.append(letter)
        else:
            reason = letter.payload.why if isinstance(letter.payload, Gone) else "replaced"
            replaced.append(Outcome(ref, Fate.KEPT, "left", reason=reason))
    return found, replaced


def chunks(positions: Positions, wanted: Wanted, size: int) -> Iterator[list[str]]:
    """The wanted keys up to the mark, so many at a time."""
    upto = wanted.upto
    rest = iter(wanted.refs if upto is None else (it for it in wanted.refs if positions.within(it, upto)))
    while chunk := list(islice(rest, size)):
        yield chunk


class _Behind:
    """At most so many steps under way behind the loop's back; a failure of one is the loop's failure."""

    def __init__(self, most: int = 1) -> None:
        self._most = most
        self._tasks: deque[asyncio.Task[Any]] = deque()

    def start(self, step: Callable[[], Awaitable[object]]) -> None:
        """Starts a step; there is room for it."""
        self._tasks.append(asyncio.ensure_future(_run(step)))

    async def room(self) -> None:
        """Waits until another step may start; raises what an older one raised."""
        while len(self._tasks) >= self._most:
            await self._oldest()

    async def settled(self) -> None:
        """Waits for all steps; raises what the oldest failed one raised."""
        while self._tasks:
            await self._oldest()

    async def _oldest(self) -> None:
        task = self._tasks[0]
        await asyncio.wait({task})
        if self._tasks and self._tasks[0] is task:
            self._tasks.popleft()
        task.result()

    async def guard(self, work: Callable[[], Awaitable[T]]) -> T:
        """Awaits `work`, which may last for hours, unless a step fails before."""
        pending = {task for task in self._tasks if not _well(task)}
        if not pending:
            return await work()
        ahead = asyncio.ensure_future(_run(work))
        try:
            while pending and not ahead.done():
                done, pending = await asyncio.wait({ahead, *pending}, return_when=asyncio.FIRST_COMPLETED)
                pending.discard(ahead)
                for task in done - {ahead}:
                    task.result()
            return await ahead
        finally:
            await _stopped(ahead)

    async def finished(self) -> None:
        """Waits for the steps, whatever became of them."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self) -> None:
        """Leaves nothing running."""
        for task in self._tasks:
            await _stopped(task)


def _well(task: asyncio.Task[Any]) -> bool:
    """Whether a step ended without failing; raises what it raised."""
    if not task.done():
        return False
    task.result()
    return True


async def _run(work: Callable[[], Awaitable[T]]) -> T:
    # Called in its task: a call whose task never ran has left no coroutine unawaited.
    return await work()


async def _stopped(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()
