"""A source by position in a dict, and a gate that answers at once, for tests of the shared passes."""

import asyncio
from collections.abc import Sequence

from adapters.api import (
    DeadLetter,
    Mark,
    MessageRef,
    Order,
    Outcome,
    Outgoing,
    Payload,
    Refusal,
    Wanted,
    message_digest,
)
from adapters.common.acting import RemoveResult
from adapters.common.seekable import Page


def letter(number: int, body: bytes = b"x") -> DeadLetter:
    return DeadLetter(MessageRef(str(number), 0, message_digest(body, "dlq", ())), Payload(body))


def wanted(letters: Sequence[DeadLetter], upto: Mark | None = None) -> Wanted:
    return Wanted({it.ref.key: (it.ref,) for it in letters}, upto)


class Shelf:
    """`answers` are results of removals by key; `log` tells the calls in order."""

    def __init__(self, count: int) -> None:
        self.lying = {number: letter(number) for number in range(1, count + 1)}
        self.last = count
        self.answers: dict[str, RemoveResult] = {}
        self.raises: Exception | None = None
        self.log: list[str] = []

    async def end(self) -> Mark:
        return Mark(str(self.last))

    async def read(self, after: Mark | None, end: Mark, limit: int) -> Page:
        start = int(after.value) if after is not None else 0
        found = [it for n, it in self.lying.items() if start < n <= int(end.value)]
        more = Mark(found[limit - 1].ref.key) if len(found) > limit else None
        return Page(found[:limit], more)

    async def get(self, keys: Sequence[str]) -> Sequence[DeadLetter | None]:
        self.log.append(f"get {keys[0]}")
        await asyncio.sleep(0)
        return [self.lying.get(int(key)) for key in keys]

    def within(self, key: str, mark: Mark) -> bool:
        return int(key) <= int(mark.value)

    async def remove(self, letters: Sequence[DeadLetter]) -> Sequence[RemoveResult]:
        self.log.append(f"remove {letters[0].ref.key}")
        await asyncio.sleep(0)
        if self.raises is not None:
            raise self.raises
        for it in letters:
            if self.answers.get(it.ref.key) is None:
                self.lying.pop(int(it.ref.key), None)
        return [self.answers.get(it.ref.key) for it in letters]


class QuickGate:
    """Admits everything with `order`, keeps everything but `unkept`."""

    def __init__(self, order: Order = Order.SEND, *, log: list[str] | None = None) -> None:
        self.order = order
        self.log = log if log is not None else []
        self.unkept: set[str] = set()
        self.outcomes: list[Outcome] = []
        self.admitted: list[MessageRef] = []
        self.prefix: int | None = None
        self.closed = False
        self.close_after: int | None = None

    async def admit(self, met: Sequence[MessageRef]) -> Sequence[Order]:
        self.log.append(f"admit {met[0].key}")
        prefix = met[: self.prefix]
        self.admitted += prefix
        if self.close_after is not None and len(self.admitted) >= self.close_after:
            self.closed = True
        await asyncio.sleep(0)
        return [self.order] * len(prefix)

    def outgoing(self, letter: DeadLetter) -> Outgoing | Refusal:
        return Refusal("not asked for here")

    async def keep(self, found: Sequence[DeadLetter]) -> Sequence[bool]:
        self.log.append(f"keep {found[0].ref.key}")
        await asyncio.sleep(0)
        return [it.ref.key not in self.unkept for it in found]

    async def done(self, outcomes: Sequence[Outcome]) -> None:
        self.log.append(f"done {outcomes[0].ref.key}")
        self.outcomes += outcomes
