"""Archives as dead-letter sources: looking is free, a removal is a mark, restoring is a run like any other."""

from array import array
from collections.abc import Sequence

from adapters.api import (
    YES,
    BulkJob,
    BulkState,
    Column,
    ConfigError,
    ConnectionSpec,
    Coverage,
    DeadLetter,
    DeadLetterLink,
    Gate,
    Lease,
    Look,
    Mark,
    Marks,
    Measure,
    MessageRef,
    NotFound,
    Origin,
    Outgoing,
    Probe,
    PublishResult,
    Replaced,
    Resource,
    Right,
    Route,
    Scope,
    Services,
    Shelf,
    Sighting,
    Sink,
    SourceRef,
    Sweep,
    TargetRef,
    Traits,
    Try,
    Unsupported,
    Vault,
    Wanted,
)
from adapters.common import seekable
from adapters.common.acting import RemoveResult

TRAITS = Traits(
    identity="position", removal="mark", returns="no", grants={Right.READ: YES, Right.REMOVE: YES}
)


class VaultAdapter:
    """Implements `adapters.api.Adapter` over `Services.vault`; raises `ConfigError` where the program has none."""

    def __init__(self, spec: ConnectionSpec, services: Services) -> None:
        if services.vault is None:
            raise ConfigError("This program keeps no archives.")
        self._vault: Vault = services.vault
        self._clock = services.clock

    async def open(self) -> Probe:
        """Nothing to connect to."""
        return Probe(server="archives", version="", rtt_s=0.0, grants=TRAITS.grants)

    async def discover(self, sink: Sink[Resource]) -> Coverage:
        """Each archive."""
        await sink([_resource(shelf) for shelf in await self._vault.shelves()])
        return Coverage(complete=True)

    async def describe(self, name: str) -> Resource:
        """One archive; raises `NotFound`."""
        return _resource(await self._shelf(name))

    async def sweep(self, scope: Scope) -> Sweep:
        """What is left in each archive."""
        shelves = [it for it in await self._vault.shelves() if scope.names is None or it.name in scope.names]
        depths = Column(array("d", [float(shelf.left) for shelf in shelves]))
        return Sweep(self._clock.now(), 0.0, tuple(shelf.name for shelf in shelves), {Measure.DEPTH: depths})

    async def browse(
        self, source: SourceRef, sink: Sink[DeadLetter], *, start: Mark | None, limit: int, hold: bool
    ) -> Look:
        """What is not marked as restored."""
        positions = await self._positions(source)
        return await seekable.browse(positions, sink, start=start, limit=limit, batch=positions.step)

    async def release(self, source: SourceRef) -> Lease | None:
        """Nothing is ever held."""
        return None

    async def route(self, source: SourceRef | None, targets: Sequence[TargetRef]) -> Sequence[Route]:
        """Archives take nothing."""
        return [Route(target, exists=False, blocked="An archive takes no messages.") for target in targets]

    async def marks(self, targets: Sequence[TargetRef]) -> Marks:
        """None."""
        return {}

    async def take(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        """Marks what the gate made safe."""
        positions = await self._positions(source)
        return await seekable.take(positions, wanted, gate, batch=positions.step, went="marked")

    async def move(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        """Never coupled."""
        raise Unsupported("An archive has no coupled move.")

    async def settle(self, source: SourceRef, tries: Sequence[Try], since: Marks) -> Sequence[Sighting]:
        """Whether originals are marked; copies lie elsewhere."""
        keys = [it.ref.key for it in tries]
        there = await self._vault.there(source.name, keys)
        return [
            Sighting(
                it.ref, "cannot_tell" if it.ask == "copy" else "there" if lies else "marked", "cannot_tell"
            )
            for it, lies in zip(tries, there, strict=True)
        ]

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[PublishResult]:
        """Archives take nothing."""
        raise Unsupported("An archive takes no messages.")

    async def bulk(self, job: BulkJob, sink: Sink[BulkState]) -> BulkState:
        """Archives are not purged."""
        raise Unsupported("An archive is never purged.")

    async def tail(self, resource: str, sink: Sink[DeadLetter]) -> None:
        """Nothing arrives by itself."""
        raise Unsupported("An archive has no live messages.")

    async def close(self, within: float) -> Sequence[Lease]:
        """Nothing to close."""
        return ()

    async def _shelf(self, name: str) -> Shelf:
        for shelf in await self._vault.shelves():
            if shelf.name == name.upper():
                return shelf
        raise NotFound(
            f"There is no archive {name}.", hint="redrive runs show RUN names the archive of a purge."
        )

    async def _positions(self, source: SourceRef) -> "_ShelfPositions":
        shelf = await self._shelf(source.name)
        if source.incarnation not in {None, shelf.incarnation}:
            raise Replaced(f"The archive {source.name} is another one now.")
        return _ShelfPositions(self._vault, shelf)


class _ShelfPositions:
    """`seekable.Positions` over one archive: a key is a message's number in it."""

    def __init__(self, vault: Vault, shelf: Shelf) -> None:
        self._vault = vault
        self._shelf = shelf

    @property
    def step(self) -> int:
        """Messages a step, by the archive's mean size."""
        return seekable.step_of(self._shelf.bytes / max(1, self._shelf.held), seekable.BATCH)

    async def end(self) -> Mark:
        return Mark(str(self._shelf.held))

    async def read(self, after: Mark | None, end: Mark, limit: int) -> seekable.Page:
        letters, last = await self._read(int(after.value) if after else 0, limit)
        within = [it for it in letters if int(it.ref.key) <= int(end.value)]
        more = bool(letters) and last < int(end.value)
        return seekable.Page(within, Mark(str(last)) if more else None)

    async def get(self, keys: Sequence[str]) -> Sequence[DeadLetter | None]:
        found: dict[str, DeadLetter] = {}
        after, last_key = int(keys[0]) - 1, int(keys[-1])
        while after < last_key:
            letters, after = await self._read(after, min(seekable.BATCH, last_key - after))
            if not letters:
                break
            found.update((it.ref.key, it) for it in letters)
        return [found.get(key) for key in keys]

    def within(self, key: str, mark: Mark) -> bool:
        return int(key) <= int(mark.value)

    async def remove(self, letters: Sequence[DeadLetter]) -> Sequence[RemoveResult]:
        await self._vault.mark(self._shelf.name, [it.ref for it in letters])
        return [None] * len(letters)

    async def _read(self, after: int, limit: int) -> tuple[list[DeadLetter], int]:
        letters: list[DeadLetter] = []

        async def sink(batch: Sequence[DeadLetter]) -> None:
            letters.extend(_homed(letter, self._shelf) for letter in batch)

        last = await self._vault.read(self._shelf.name, sink, after=after, limit=limit)
        return letters, last


def _homed(letter: DeadLetter, shelf: Shelf) -> DeadLetter:
    """Its origin, for a restore, is where it lay when it was archived."""
    origin = Origin(shelf.origin, TargetRef(letter.address) if letter.address else None)
    return DeadLetter(
        ref=MessageRef(letter.ref.key, 0, letter.ref.digest),
        payload=letter.payload,
        address=letter.address,
        at=letter.at,
        origin=origin,
        death=letter.death,
        attempts=letter.attempts,
    )


def _resource(shelf: Shelf) -> Resource:
    return Resource(
        name=shelf.name,
        kind="archive",
        source=SourceRef(shelf.name, shelf.incarnation),
        traits=TRAITS,
        dead=DeadLetterLink((shelf.origin,), "archived"),
        icon="archive",
    )
