"""Reads stored messages by sequence: batched direct get where the stream allows it, pipelined STREAM.MSG.GET elsewhere.

Gaps cost no call each: a direct batch skips them by itself, and after a window of sequences that was mostly empty one
call asks for the next message of any subject and the window shrinks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.api import FeatureMissing, RedriveError
from adapters.nats.facts import StreamFacts
from adapters.nats.headers import status
from adapters.nats.jetstream import JetStream
from adapters.nats.messages import Stored, from_get
from adapters.nats.wire import Answer, Request

WINDOW = 500
_SMALLEST = 8
_BUDGET = 32 * 1024 * 1024
"""Bytes of answers under way. A server closes a client that lets 64 MiB (max_pending) wait."""
_BASE64 = 1.4


@dataclass(frozen=True, slots=True)
class Found:
    """Answers in order of sequence, and from where to read on; None when nothing follows."""

    answers: Sequence[Stored | Answer]
    next_seq: int | None


class Reader:
    """Reads one stream; remembers how dense it lay."""

    def __init__(self, js: JetStream, facts: StreamFacts, max_payload: int) -> None:
        self._js = js
        self._facts = facts
        self._doing = f"Reading messages of {facts.name}"
        span = facts.last_seq - facts.first_seq + 1
        self._window = WINDOW if facts.messages * 4 >= span else _SMALLEST
        self._in_flight = in_flight(facts, max_payload)

    async def read(self, start: int, end: int, limit: int) -> Found:
        """Some messages, at most `limit`, from `start` up to and with `end`; perhaps none, with more to follow."""
        start = max(start, self._facts.first_seq, 1)
        if start > end:
            return Found((), None)
        if self._facts.allow_direct:
            return await self._direct(start, end, limit)
        return await self._window_of(start, end, limit)

    async def get(self, sequences: Sequence[int]) -> list[Stored | None]:
        """One message a sequence from the stream's leader, None where nothing lies there."""
        name = f"{self._js.prefix}STREAM.MSG.GET.{self._facts.name}"
        requests = [Request(name, b'{"seq":%d}' % sequence) for sequence in sequences]
        results = await self._js.inbox.ask(requests, doing=self._doing, window=self._in_flight)
        return [self._stored(result) for result in results]

    def _stored(self, result: Answer | RedriveError) -> Stored | None:
        if isinstance(result, RedriveError):
            raise result
        if result.head and status(result.head) == 503:
            raise FeatureMissing(f"{self._doing}: nothing answers to JetStream requests here.")
        return from_get(result, self._doing)

    async def _window_of(self, start: int, end: int, limit: int) -> Found:
        last = min(start + min(self._window, limit) - 1, end)
        found = [it for it in await self.get(range(start, last + 1)) if it is not None]
        asked = last - start + 1
        if len(found) * 2 > asked:
            self._window = min(WINDOW, self._window * 4)
        if len(found) * 8 >= asked or last == end:
            return Found(found, last + 1 if last < end else None)
        self._window = max(_SMALLEST, self._window // 4)
        jump = await self._after(last + 1)
        if jump is None or jump.seq > end:
            return Found(found, None)
        if len(found) < limit:
            found.append(jump)
            return Found(found, jump.seq + 1 if jump.seq < end else None)
        return Found(found, jump.seq)

    async def _after(self, sequence: int) -> Stored | None:
        name = f"{self._js.prefix}STREAM.MSG.GET.{self._facts.name}"
        body = b'{"seq":%d,"next_by_subj":">"}' % sequence
        return self._stored((await self._js.inbox.ask([Request(name, body)], doing=self._doing))[0])

    async def _direct(self, start: int, end: int, limit: int) -> Found:
        body = b'{"seq":%d,"batch":%d,"max_bytes":%d}' % (start, limit, _BUDGET // 2)
        request = Request(f"{self._js.prefix}DIRECT.GET.{self._facts.name}", body)
        *answers, last = await self._js.inbox.ask_many(request, doing=self._doing)
        if status(last.head) not in (204, 404):
            raise FeatureMissing(f"{self._doing}: direct get is not answered here.", hint="Look again.")
        if not answers:
            return Found((), None)
        return Found(answers, located(answers[-1])[0] + 1)


def located(answer: Stored | Answer) -> tuple[int, bytes]:
    """An answer's sequence and header block; in a direct get's the server's own headers come last."""
    if isinstance(answer, Stored):
        return answer.seq, answer.hdrs
    line = answer.head.rsplit(b"\r\nNats-Sequence:", 1)
    return (int(line[1].split(b"\r\n", 1)[0]) if len(line) == 2 else 0), answer.head


def in_flight(facts: StreamFacts, max_payload: int) -> int:
    """How many answers may be under way at once without risking the server's limit for a slow client."""
    if facts.bytes * _BASE64 < _BUDGET:
        return WINDOW
    largest = min(facts.max_msg_size or max_payload, max_payload)
    return max(4, min(WINDOW, int(_BUDGET / (largest * _BASE64))))
