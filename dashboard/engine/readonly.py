"""An adapter through which nothing can be written."""

from collections.abc import Sequence

from adapters.api import (
    Adapter,
    BulkJob,
    BulkState,
    Coverage,
    DeadLetter,
    Gate,
    Lease,
    Look,
    LookEffect,
    Mark,
    Marks,
    Outgoing,
    Probe,
    PublishResult,
    Resource,
    Route,
    Scope,
    Sighting,
    Sink,
    SourceRef,
    Sweep,
    TargetRef,
    Try,
    Unsupported,
    Wanted,
)

_HARMLESS = frozenset({LookEffect.REDELIVERED})


class ReadOnlyAdapter:
    """Passes reads on and has no way to write: the calls that would are refused before anything is sent.

    A look that does more than mark messages as redelivered counts as a write.
    """

    def __init__(self, inner: Adapter, connection: str) -> None:
        self._inner = inner
        self._connection = connection

    async def open(self) -> Probe:
        """As the adapter's."""
        return await self._inner.open()

    async def discover(self, sink: Sink[Resource]) -> Coverage:
        """As the adapter's."""
        return await self._inner.discover(sink)

    async def describe(self, name: str) -> Resource:
        """As the adapter's."""
        return await self._inner.describe(name)

    async def sweep(self, scope: Scope) -> Sweep:
        """As the adapter's."""
        return await self._inner.sweep(scope)

    async def browse(
        self, source: SourceRef, sink: Sink[DeadLetter], *, start: Mark | None, limit: int, hold: bool
    ) -> Look:
        """As the adapter's, where looking does not change what others see."""
        if hold:
            raise self._refusal("Holding messages")
        resource = await self._inner.describe(source.name)
        if resource.traits is None or resource.traits.effects - _HARMLESS:
            raise self._refusal(f"A look at {source.name} changes it, so it")
        return await self._inner.browse(source, sink, start=start, limit=limit, hold=False)

    async def release(self, source: SourceRef) -> Lease | None:
        """As the adapter's: it gives back."""
        return await self._inner.release(source)

    async def route(self, source: SourceRef | None, targets: Sequence[TargetRef]) -> Sequence[Route]:
        """As the adapter's."""
        return await self._inner.route(source, targets)

    async def marks(self, targets: Sequence[TargetRef]) -> Marks:
        """As the adapter's."""
        return await self._inner.marks(targets)

    async def settle(self, source: SourceRef, tries: Sequence[Try], since: Marks) -> Sequence[Sighting]:
        """As the adapter's."""
        return await self._inner.settle(source, tries, since)

    async def tail(self, resource: str, sink: Sink[DeadLetter]) -> None:
        """Refused: it makes a consumer at the broker."""
        raise self._refusal("Following live messages makes a consumer, so it")

    async def take(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        """Refused."""
        raise self._refusal("Taking messages")

    async def move(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        """Refused."""
        raise self._refusal("Moving messages")

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[PublishResult]:
        """Refused."""
        raise self._refusal("Publishing")

    async def bulk(self, job: BulkJob, sink: Sink[BulkState]) -> BulkState:
        """Refused."""
        raise self._refusal("The broker's own purge or move")

    async def close(self, within: float) -> Sequence[Lease]:
        """As the adapter's."""
        return await self._inner.close(within)

    def _refusal(self, what: str) -> Unsupported:
        return Unsupported(
            f"{what} is not possible: {self._connection} is read-only.",
            hint=f"Connect {self._connection} for writing first.",
        )
