"""What an adapter may ask of the program: durable rows, another connection's publish, and the time."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from adapters.api.messages import DeadLetter, MessageRef, Outgoing
from adapters.api.passes import PublishResult


class Clock(Protocol):
    """Time: UTC for records, monotonic seconds for intervals."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back."""
        ...


@dataclass(frozen=True, slots=True)
class Shelf:
    """One archive of the vault: its name, where its messages came from, how many it holds and has left, its bytes."""

    name: str
    origin: str
    made: datetime
    held: int
    left: int
    incarnation: str
    bytes: int = 0


class Vault(Protocol):
    """Durable archives; frames are never rewritten, a removal is a mark."""

    async def shelves(self) -> Sequence[Shelf]:
        """All archives, oldest first."""
        ...

    async def read(
        self, shelf: str, sink: Callable[[Sequence[DeadLetter]], Awaitable[None]], *, after: int, limit: int
    ) -> int:
        """Messages not marked as removed, numbered from 1, after number `after`; returns the last number read."""
        ...

    async def there(self, shelf: str, keys: Sequence[str]) -> Sequence[bool]:
        """Whether each message is in the archive and not marked as removed."""
        ...

    async def mark(self, shelf: str, refs: Sequence[MessageRef]) -> None:
        """Marks messages as removed; durable on return."""
        ...


Deliver = Callable[[str, Sequence[Outgoing]], Awaitable[Sequence[PublishResult]]]
"""Publishes over another connection, by its name."""


@dataclass(frozen=True, slots=True)
class Services:
    """Given to an adapter at construction."""

    clock: Clock
    vault: Vault | None = None
    deliver: Deliver | None = None
