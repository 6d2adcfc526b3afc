"""One pass over a dead-letter source into a snapshot."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from adapters.api import Actor, Adapter, DeadLetter, Look, RedriveError, Resource, Unsupported
from dashboard.core.letters import SnapshotInfo, SourceKey
from dashboard.store.dead_letters import SnapshotStore
from dashboard.store.dead_record import SnapshotRecorder
from dashboard.store.errors import StoreError

STOPPED = "It was stopped."


class Stopped(RedriveError):
    """A reading was stopped before there was anything to show."""

    actor = Actor.USER


Progress = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scan:
    """What is read, and into what. `expected` is the broker's count before."""

    recorder: SnapshotRecorder
    store: SnapshotStore
    key: SourceKey
    resource: Resource
    expected: int | None

    async def run(self, adapter: Adapter, limit: int, progress: Progress) -> SnapshotInfo:
        """One pass over at most `limit` messages.

        An error or a cut after the first message ends the snapshot, marked with the reason; before it, the snapshot is
        discarded and the error raised. Being cancelled is a wish to stop, once a message was read.
        """
        source = self.resource.source
        if source is None:
            raise Unsupported(f"{self.resource.name} holds no messages that can be looked at.")
        snapshot = await asyncio.wrap_future(self.recorder.begin(self.key, source, self.expected))
        count = 0

        async def sink(letters: Sequence[DeadLetter]) -> None:
            nonlocal count
            if letters:
                count = await asyncio.wrap_future(self.recorder.append(snapshot, letters))
                await progress()

        try:
            look = await adapter.browse(source, sink, start=None, limit=limit, hold=False)
        except RedriveError as error:
            await self._end(snapshot, count, str(error))
            if not count or isinstance(error, StoreError):
                raise
        except asyncio.CancelledError:
            await asyncio.shield(self._end(snapshot, count, STOPPED))
            if not count:
                raise
        else:
            await self._finish(snapshot, look, complete=look.complete and count < limit)
        return await asyncio.to_thread(self.store.info, snapshot)

    async def _finish(self, snapshot: int, look: Look, *, complete: bool) -> None:
        finished = self.recorder.finish(snapshot, complete=complete, end=look.end, looks_left=look.looks_left)
        await asyncio.wrap_future(finished)

    async def _end(self, snapshot: int, count: int, why: str) -> None:
        # A full disk that ended the reading may refuse this too; the reading then looks cut off, which it is.
        with contextlib.suppress(StoreError):
            ended = (
                self.recorder.finish(snapshot, complete=False, failed=why)
                if count
                else self.recorder.discard(snapshot)
            )
            await asyncio.wrap_future(ended)
