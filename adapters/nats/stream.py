"""A stream as positions that can be read, got and removed: what browse and take are made of."""

from collections.abc import Sequence

from adapters.api import (
    DeadLetter,
    Effect,
    Mark,
    ProtocolError,
    RedriveError,
    SourceRef,
)
from adapters.common.seekable import Page, RemoveResult
from adapters.nats.facts import StreamFacts
from adapters.nats.jetstream import JetStream
from adapters.nats.messages import Letters, Stored
from adapters.nats.naming import Origins
from adapters.nats.reading import Found, Reader
from adapters.nats.wire import Answer, Request, Result


class StreamPositions:
    """One stream as it was when a pass began; a mark is a sequence."""

    def __init__(self, js: JetStream, facts: StreamFacts, origins: Origins, max_payload: int) -> None:
        self._js = js
        self._facts = facts
        self._letters = Letters(origins)
        self._reader = Reader(js, facts, max_payload)

    @property
    def mean_size(self) -> float:
        """Bytes of a message with its headers, as the stream's counts have it."""
        return self._facts.bytes / max(1, self._facts.messages)

    async def end(self) -> Mark:
        """The stream's last sequence when the pass began."""
        return Mark(str(self._facts.last_seq))

    async def read(self, after: Mark | None, end: Mark, limit: int) -> Page:
        """A page of letters from after a sequence."""
        start = sequence(after.value) + 1 if after is not None else self._facts.first_seq
        last = sequence(end.value)
        found = await self._reader.read(start, last, limit)
        letters = [it for it in self._made(found) if sequence(it.ref.key) <= last]
        more = found.next_seq is not None and found.next_seq <= last
        return Page(letters, Mark(str(found.next_seq - 1)) if more and found.next_seq is not None else None)

    def _made(self, found: Found) -> list[DeadLetter]:
        make = self._letters
        return [make.stored(it) if isinstance(it, Stored) else make.direct(it) for it in found.answers]

    async def get(self, keys: Sequence[str]) -> Sequence[DeadLetter | None]:
        """One letter a key; None where nothing lies there."""
        return [
            None if it is None else self._letters.stored(it)
            for it in await self._reader.get([sequence(key) for key in keys])
        ]

    def within(self, key: str, mark: Mark) -> bool:
        """Whether a sequence lies at or before a mark."""
        return sequence(key) <= sequence(mark.value)

    async def remove(self, letters: Sequence[DeadLetter]) -> Sequence[RemoveResult]:
        """Deletes by sequence, all under way at once; not overwritten on disk (no_erase), which is many times faster."""
        await self._still_the_same()
        name = f"{self._js.prefix}STREAM.MSG.DELETE.{self._facts.name}"
        requests = [Request(name, b'{"seq":%d,"no_erase":true}' % sequence(it.ref.key)) for it in letters]
        doing = f"Deleting from {self._facts.name}"
        answers = await self._js.inbox.ask(requests, doing=doing, effect=Effect.UNKNOWN)
        return [self._removed(answer, doing) for answer in answers]

    async def _still_the_same(self) -> None:
        """Raises `Replaced` where the stream was made anew while letters waited at the gate.

        Asked before each batch: the server deletes by sequence alone, and in a stream made anew the same sequence is
        another message. What is left is the time between this answer and the deletes that follow it.
        """
        await self._js.same(SourceRef(self._facts.name, self._facts.created))

    def _removed(self, answer: Result, doing: str) -> RemoveResult:
        # Said by the server in these bytes a message at a time; everything else is read with care.
        if isinstance(answer, Answer) and not answer.head and answer.body.endswith(b'"success":true}'):
            return None
        result = self._js.decode(answer, doing, Effect.UNKNOWN)
        if isinstance(result, RedriveError):
            return result
        if result.get("success") is True:
            return None
        return ProtocolError(f"{doing}: the server did not say that it was done.", effect=Effect.UNKNOWN)


def sequence(text: str) -> int:
    """A key or mark as a sequence; 0, which no message has, for what is none."""
    return int(text) if text.isascii() and text.isdigit() else 0
