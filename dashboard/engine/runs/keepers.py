"""How copies are made safe: published to a target and confirmed, or archived and synced."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.api import (
    Adapter,
    ConnectError,
    Copy,
    DeadLetter,
    Disconnected,
    Effect,
    Outgoing,
    PublishResult,
    RedriveError,
    Refusal,
    Refused,
)
from dashboard.core.outgoing import FailureNames, outgoing, run_key
from dashboard.core.runs import Rules
from dashboard.engine.runs.returns import body_digest
from dashboard.store.archive import ArchivePart
from dashboard.store.ledger_rows import Item


@dataclass(frozen=True, slots=True)
class Safe:
    """The copy is safe. `duplicate`: the target held it already."""

    n: int
    copy: str | None
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Stays:
    """No copy was made, and none will be: the message stays where it is."""

    n: int
    reason: str


@dataclass(frozen=True, slots=True)
class Undone:
    """No copy was made this time; `trouble` ends the pass, the message stays planned."""

    n: int
    trouble: RedriveError


@dataclass(frozen=True, slots=True)
class Unsure:
    """A copy may have been made; settling tells."""

    n: int
    trouble: RedriveError


MOST_BODIES = 1_000

Kept = Safe | Stays | Undone | Unsure
Found = Sequence[tuple[Item, DeadLetter]]


class Keeper(Protocol):
    """Makes copies safe, one result a message, in order."""

    async def keep(self, found: Found) -> Sequence[Kept]:
        """Results for `found`."""
        ...

    async def close(self) -> None:
        """Lets go of what it holds."""
        ...


class Publisher:
    """Publishes each message to its target, with our headers added.

    `bodies` takes the digests of the first bodies sent (the canary's), by which the watch for returns finds a message
    whose headers were lost.
    """

    def __init__(
        self,
        run: str,
        target: Adapter,
        rules: Rules,
        failure_names: FailureNames,
        *,
        own: bool,
        bodies: set[bytes] | None = None,
    ) -> None:
        self._run = run
        self._target = target
        self._rules = rules
        self._failure_names = failure_names
        self._own = own
        self._bodies = bodies

    def build(self, item: Item, letter: DeadLetter) -> Outgoing | Refusal:
        """What is sent for one message."""
        return outgoing(
            letter,
            key=run_key(self._run, item.n),
            target=item.target,
            rules=self._rules,
            failure_names=self._failure_names,
            own=self._own,
        )

    async def keep(self, found: Found) -> Sequence[Kept]:
        """Publishes all in one batch."""
        built = [(item, self.build(item, letter)) for item, letter in found]
        batch = [out for _, out in built if isinstance(out, Outgoing)]
        if self._bodies is not None and len(self._bodies) < MOST_BODIES:
            self._bodies.update(body_digest(out.payload.body) for out in batch)
        results = iter(await self._target.publish(batch) if batch else ())
        return [
            Stays(item.n, out.reason) if isinstance(out, Refusal) else _result(item, next(results))
            for item, out in built
        ]

    async def close(self) -> None:
        """Holds nothing."""


class Archiver:
    """Writes each message to an archive and waits until it is on disk."""

    def __init__(self, part: ArchivePart, name: str) -> None:
        self._part = part
        self._name = name

    async def keep(self, found: Found) -> Sequence[Kept]:
        """One frame for all."""
        try:
            await asyncio.to_thread(self._part.append, [letter for _, letter in found])
        except RedriveError as error:
            return [Undone(item.n, error) for item, _ in found]
        return [Safe(item.n, self._name) for item, _ in found]

    async def close(self) -> None:
        """Closes the part."""
        await asyncio.to_thread(self._part.close)


def _result(item: Item, result: PublishResult) -> Kept:
    if isinstance(result, Copy):
        if result.duplicate and item.sent == 0:
            return Stays(item.n, "the target says that it holds this key, which was never sent")
        return Safe(item.n, result.ref.key, result.duplicate)
    if result.effect is Effect.UNKNOWN or result.effect is Effect.DONE:
        return Unsure(item.n, result)
    if isinstance(result, Refused):
        return Stays(item.n, result.message)
    # Anything else (disconnected, target gone, right lost) would meet every message alike: stop, keep them planned.
    return Undone(item.n, result)


def is_outage(error: RedriveError) -> bool:
    """Whether trying again later can help by itself."""
    return isinstance(error, Disconnected) or type(error) is ConnectError
