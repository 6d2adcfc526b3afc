"""The port: what every adapter does. One object per connection and run; everything is async."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from adapters.api.messages import DeadLetter, Mark, Outgoing, SourceRef, TargetRef
from adapters.api.passes import (
    BulkJob,
    BulkState,
    Gate,
    Lease,
    Look,
    Marks,
    PublishResult,
    Sighting,
    Try,
    Wanted,
)
from adapters.api.traits import Route
from adapters.api.watch import Coverage, Probe, Resource, Scope, Sweep

T = TypeVar("T")
Sink = Callable[[Sequence[T]], Awaitable[None]]


class Adapter(Protocol):
    """One connection to one broker.

    Every wait has an idle deadline: a call may last hours, silence may not. What is not declared in a source's traits
    or a route raises `Unsupported` and changes nothing. Cancelling a call is a cut: what is under way may or may not
    happen, and `settle` tells.
    """

    async def open(self) -> Probe:
        """Connects and looks at what this account may do; touches nothing.

        Raises: ConnectError, LoginError, TlsError, FeatureMissing.
        """
        ...

    async def discover(self, sink: Sink[Resource]) -> Coverage:
        """All resources, in pages; one broken part does not end it."""
        ...

    async def describe(self, name: str) -> Resource:
        """One resource with its source and traits, whether or not it looks like a dead-letter source.

        Raises: NotFound.
        """
        ...

    async def sweep(self, scope: Scope) -> Sweep:
        """Measures of all resources in scope by a bounded number of calls; consumes nothing."""
        ...

    async def browse(
        self, source: SourceRef, sink: Sink[DeadLetter], *, start: Mark | None, limit: int, hold: bool
    ) -> Look:
        """One pass over the source: at most `limit` dead letters, byte-exact, from `start` where seekable.

        Two looks give the same refs. Ends after what was there when it began. `hold` keeps the lease for a `take`.
        Raises: NotFound, Replaced, Denied, Unsupported.
        """
        ...

    async def release(self, source: SourceRef) -> Lease | None:
        """Gives back what a look holds; returns what stays hidden all the same."""
        ...

    async def route(self, source: SourceRef | None, targets: Sequence[TargetRef]) -> Sequence[Route]:
        """One route a target, in order; reads only. `source` None: the messages lie on another connection."""
        ...

    async def marks(self, targets: Sequence[TargetRef]) -> Marks:
        """Where each target ends now, for `settle` to search from; only targets whose receipt is search or exact."""
        ...

    async def take(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        """One pass that finds wanted messages and removes those that the gate made safe.

        Nothing is removed before `keep` said True or the order was REMOVE; nothing is touched that was not admitted
        or whose digest differs (that one is done: kept, left, "replaced").
        Raises: NotFound, Replaced, Denied, Disconnected, Unsupported.
        """
        ...

    async def move(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        """As `take`, where copy and removal are one act of the broker; only over coupled routes."""
        ...

    async def settle(self, source: SourceRef, tries: Sequence[Try], since: Marks) -> Sequence[Sighting]:
        """One sighting a try, in order; no look effect.

        Where only copies are asked for, `source` lies on another connection and is not looked at.
        """
        ...

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[PublishResult]:
        """One result a message, in order; each is a confirmed copy or an error that says what is known."""
        ...

    async def bulk(self, job: BulkJob, sink: Sink[BulkState]) -> BulkState:
        """The broker's own mover or purge of a whole source."""
        ...

    async def tail(self, resource: str, sink: Sink[DeadLetter]) -> None:
        """Live messages by an ephemeral consumer of our own, until cancelled."""
        ...

    async def close(self, within: float) -> Sequence[Lease]:
        """Closes within so many seconds; idempotent; returns what stays hidden and until when."""
        ...
