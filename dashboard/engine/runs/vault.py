"""The archives as the vault adapter sees them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

from adapters.api import DeadLetter, MessageRef, Shelf
from dashboard.engine.runs.gate import on_disk
from dashboard.store.archive import ArchiveStore

Sink = Callable[[Sequence[DeadLetter]], Awaitable[None]]
Numbered = Iterator[tuple[int, DeadLetter]]


class ArchiveVault:
    """Implements `adapters.api.Vault`. Frames are read in order: a read that goes on where the last ended is cheap."""

    def __init__(self, archives: ArchiveStore) -> None:
        self._archives = archives
        self._cursors: dict[str, tuple[int, Numbered]] = {}

    async def shelves(self) -> Sequence[Shelf]:
        """All archives, oldest first."""
        return await asyncio.to_thread(self._shelves)

    def _shelves(self) -> list[Shelf]:
        views = reversed(self._archives.views())
        rows = [(view, self._archives.row(view.name)) for view in views]
        return [
            Shelf(
                name=view.name,
                origin=row.source,
                made=datetime.fromtimestamp(row.made, UTC),
                held=view.held,
                left=view.held - view.restored,
                incarnation=str(row.made),
                bytes=view.bytes,
            )
            for view, row in rows
        ]

    async def read(self, shelf: str, sink: Sink, *, after: int, limit: int) -> int:
        """Messages not marked as restored, after number `after`; returns the last number passed."""
        found, last = await asyncio.to_thread(self._read, shelf, after, limit)
        if found:
            await sink(found)
        return last

    def _read(self, shelf: str, after: int, limit: int) -> tuple[list[DeadLetter], int]:
        at, letters = self._cursors.pop(shelf, (0, iter(())))
        if at != after or at == 0:
            letters = islice(self._archives.letters(shelf), after, None)
        marked = self._archives.marked(shelf)
        found: list[DeadLetter] = []
        last = after
        for number, letter in letters:
            last = number
            if number not in marked:
                found.append(replace(letter, ref=MessageRef(str(number), 0, letter.ref.digest)))
            if len(found) >= limit:
                break
        self._cursors[shelf] = (last, letters)
        return found, last

    async def there(self, shelf: str, keys: Sequence[str]) -> Sequence[bool]:
        """Whether each is not marked."""
        marked = await asyncio.to_thread(self._archives.marked, shelf)
        return [int(key) not in marked for key in keys]

    async def mark(self, shelf: str, refs: Sequence[MessageRef]) -> None:
        """Durable on return."""
        await on_disk(self._archives.mark(shelf, [int(ref.key) for ref in refs]))
