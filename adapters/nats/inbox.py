"""Requests in bulk over one inbox: one wildcard subscription and a dict of tokens serve any number of them.

No task, future or subscription a message: ten thousand answers a second are a dict lookup and a list store each.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from adapters.api import Disconnected, Effect, RedriveError
from adapters.nats.failures import denied, mapped
from adapters.nats.headers import status
from adapters.nats.wire import Answer, RawClient, Request, Result, frame

CHUNK = 256 * 1024
NEVER = 1 << 62


class Waiter(Protocol):
    """Who waits for answers: a batch of single ones, or a stream of many."""

    def got(self, token: int, answer: Answer) -> None:
        """Takes one answer."""
        ...

    def broke(self) -> None:
        """The connection is gone."""
        ...

    def refused(self, subject: str) -> int:
        """How many requests to the (lower-case) subject still wait."""
        ...

    def refuse(self, subject: str) -> None:
        """All that still wait for the subject were denied."""
        ...


@dataclass(slots=True)
class Batch:
    """Requests sent together, one answer each."""

    base: int
    requests: Sequence[Request]
    ended: "asyncio.Future[None]"
    results: list[Result | None]
    left: int
    came: int = 0
    broken: bool = False
    enough: "asyncio.Future[None]" = field(init=False)
    _awaited: int = NEVER

    def __post_init__(self) -> None:
        self.enough = self.ended.get_loop().create_future()

    def expect(self, count: int) -> None:
        """Renews `enough`, which is done once so many answers came or the connection broke."""
        self.enough = self.ended.get_loop().create_future()
        self._awaited = count
        if self.came >= count or self.broken:
            self.enough.set_result(None)

    def got(self, token: int, answer: Answer) -> None:
        """Takes one answer; a second one for the same request does not count."""
        index = token - self.base
        if self.results[index] is None:
            self.results[index] = answer
            self.left -= 1
            self.came += 1
            # Nearly every answer ends here: this runs once a message.
            if self.came >= self._awaited or not self.left:
                self._reached()

    def _reached(self) -> None:
        if not self.enough.done():
            self.enough.set_result(None)
        if not self.left and not self.ended.done():
            self.ended.set_result(None)

    def broke(self) -> None:
        """Ends the wait; what was answered stays."""
        self.broken = True
        for future in (self.enough, self.ended):
            if not future.done():
                future.set_result(None)

    def waiting(self, subject: str) -> list[int]:
        """Places of requests to a subject without an answer yet."""
        return [
            index
            for index, (request, result) in enumerate(zip(self.requests, self.results, strict=True))
            if result is None and request.subject.lower() == subject
        ]

    def refused(self, subject: str) -> int:
        """How many requests to the subject still wait."""
        return len(self.waiting(subject))

    def refuse(self, subject: str) -> None:
        """All that still wait for the subject were denied."""
        for index in self.waiting(subject):
            self.results[index] = denied(f"Sending to {self.requests[index].subject}")
            self.left -= 1
            self.came += 1
        self._reached()


@dataclass(slots=True)
class Stream:
    """One request with many answers, the last of which has a status."""

    subject: str
    ended: "asyncio.Future[None]"
    answers: list[Answer] = field(default_factory=list)
    trouble: RedriveError | None = None

    def got(self, _token: int, answer: Answer) -> None:
        """Takes one answer; a header block with a status ends it."""
        self.answers.append(answer)
        # A stored message may have a status in its first line too; what the server ends with has no time stamp.
        if status(answer.head) is not None and b"\r\nNats-Time-Stamp:" not in answer.head:
            self._end(None)

    def broke(self) -> None:
        """Ends the wait without its last answer."""
        self._end(Disconnected(f"Asking {self.subject}: the connection broke."))

    def refused(self, subject: str) -> int:
        """Whether this request to the subject still waits."""
        return int(not self.ended.done() and self.subject.lower() == subject)

    def refuse(self, subject: str) -> None:
        """It was denied."""
        if self.refused(subject):
            self._end(denied(f"Asking {self.subject}"))

    def _end(self, trouble: RedriveError | None) -> None:
        self.trouble = trouble
        if not self.ended.done():
            self.ended.set_result(None)


@dataclass(slots=True)
class Inbox:
    """Sends requests and gathers their answers by token.

    A permissions violation has no token, only the subject, one a refused message: they are counted, and once as many
    came as requests to that subject still wait, all of those were denied.
    """

    client: RawClient
    idle_s: float
    _prefix: bytes = b""
    _next: int = 1
    _waiters: dict[int, Waiter] = field(default_factory=dict)
    _denials: Counter[str] = field(default_factory=Counter)

    async def start(self) -> None:
        """Subscribes the inbox."""
        inbox = self.client.new_inbox()
        self._prefix = inbox.encode() + b"."
        with mapped("Opening an inbox"):
            # Without a callback the driver starts no task, which it forgets where closing fails half-way.
            subscription = await self.client.subscribe(f"{inbox}.*")
        self.client.route_raw(subscription._id, self._got)  # noqa: SLF001 - the driver has no public name for it
        self.client.on_denied = self._denied

    def broke(self) -> None:
        """Ends every wait: the connection is gone."""
        for waiter in self._all():
            waiter.broke()
        self._waiters.clear()
        self._denials.clear()

    async def ask(
        self,
        requests: Sequence[Request],
        *,
        doing: str,
        effect: Effect = Effect.NOT_DONE,
        window: int | None = None,
    ) -> list[Result]:
        """One answer or error a request, in order; unanswered ones are `Disconnected` with `effect`.

        At most `window` requests are without an answer at a time (None: no bound). Ends when no answer came for
        `idle_s`. Raises `Disconnected` when nothing could be sent.
        """
        if not requests:
            return []
        self._check(doing)
        base = self._reserve(len(requests))
        loop = asyncio.get_running_loop()
        batch = Batch(base, requests, loop.create_future(), [None] * len(requests), len(requests))
        for token in range(base, base + len(requests)):
            self._waiters[token] = batch
        try:
            with mapped(doing, effect):
                await self._send_within(batch, window or len(requests))
            await self._idle(batch.ended, lambda: batch.came)
        finally:
            for token in range(base, base + len(requests)):
                self._waiters.pop(token, None)
        why = "the connection broke" if batch.broken else "no answer in time"
        return [
            Disconnected(f"{doing}: {why}.", effect=effect) if result is None else result
            for result in batch.results
        ]

    async def ask_many(self, request: Request, *, doing: str) -> list[Answer]:
        """All answers to one request, the last one with its status."""
        self._check(doing)
        token = self._reserve(1)
        stream = Stream(request.subject, asyncio.get_running_loop().create_future())
        self._waiters[token] = stream
        try:
            with mapped(doing):
                await self._send([request], token)
            await self._idle(stream.ended, lambda: len(stream.answers))
        finally:
            self._waiters.pop(token, None)
        if stream.trouble is not None:
            raise stream.trouble
        if not stream.ended.done():
            raise Disconnected(f"{doing}: no answer in time.")
        return stream.answers

    async def _idle(self, ended: "asyncio.Future[None]", progress: Callable[[], int]) -> None:
        while not ended.done():
            before = progress()
            await asyncio.wait({ended}, timeout=self.idle_s)
            if progress() == before and not ended.done():
                return

    async def _send_within(self, batch: Batch, window: int) -> None:
        step = max(1, (window + 1) // 2) if window < len(batch.requests) else window
        for at in range(0, len(batch.requests), step):
            await self._send(batch.requests[at : at + step], batch.base + at)
            if at + step < len(batch.requests):
                # Half a window is still under way while the other half is sent.
                batch.expect(at + step - (window - step))
                await self._idle(batch.enough, lambda: batch.came)
                if not batch.enough.done() or batch.broken:
                    return

    def _check(self, doing: str) -> None:
        if not self.client.is_connected:
            raise Disconnected(f"{doing}: the connection is gone.", hint="Connect again.")

    def _reserve(self, count: int) -> int:
        base = self._next
        self._next += count
        return base

    async def _send(self, requests: Sequence[Request], base: int) -> None:
        chunk: list[bytes] = []
        size = 0
        for token, request in enumerate(requests, base):
            part = frame(request, self._prefix + b"%d" % token)
            chunk.append(part)
            size += len(part)
            if size >= CHUNK:
                if not await self.client.push(b"".join(chunk), self.idle_s):
                    return
                chunk, size = [], 0
        if chunk:
            await self.client.push(b"".join(chunk), self.idle_s)

    def _got(self, subject: bytes, head: bytes, body: bytes) -> None:
        token = int(subject[len(self._prefix) :])
        waiter = self._waiters.get(token)
        if waiter is not None:
            waiter.got(token, Answer(head, body))
            if self._denials:
                self._weigh()

    def _denied(self, subject: str) -> None:
        self._denials[subject.lower()] += 1
        self._weigh()

    def _weigh(self) -> None:
        waiters = self._all()
        for subject, count in list(self._denials.items()):
            if count >= sum(waiter.refused(subject) for waiter in waiters):
                del self._denials[subject]
                for waiter in waiters:
                    waiter.refuse(subject)

    def _all(self) -> list[Waiter]:
        return list({id(it): it for it in self._waiters.values()}.values())
