"""What all classes of the suite share: an open adapter, its source, and the twin for what is not declared."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest
import pytest_asyncio

from adapters.api import (
    Adapter,
    DeadLetter,
    Gate,
    Header,
    Look,
    Mark,
    MessageRef,
    Payload,
    Route,
    SourceRef,
    Traits,
    Unsupported,
    Wanted,
)
from adapters.testing.harness import Harness, same

CLOSE_S = 2.0

ODD: Sequence[Payload] = (
    Payload(b"\xff\xfe\x00 not text \x80", (Header("content-type", b"application/octet-stream"),)),
    Payload(b"", (Header("x-empty", b"1"),)),
    Payload(bytes(range(256)) * 1024, (Header("x-size", b"262144"),)),
    Payload(b'{"a": 1}', (Header("x-twice", b"1"), Header("x-twice", b"2"), Header("x-name", "é".encode()))),
)
"""Payloads that a careless adapter changes: not text, empty, 256 KiB, repeated and non-ASCII headers."""


def payloads(count: int, word: str = "m") -> list[Payload]:
    """So many different payloads."""
    return [
        Payload(f'{{"{word}": {number}}}'.encode(), (Header("x-number", str(number).encode()),))
        for number in range(count)
    ]


def bodies(read: Sequence[DeadLetter | Payload]) -> list[bytes]:
    """The bodies, in order; a letter whose payload is gone has none."""
    found = [it.payload if isinstance(it, DeadLetter) else it for it in read]
    return [it.body for it in found if isinstance(it, Payload)]


def wanted(refs: Sequence[MessageRef], upto: Mark | None = None) -> Wanted:
    """These messages, in this order."""
    by_key: dict[str, list[MessageRef]] = {}
    for ref in refs:
        by_key.setdefault(ref.key, []).append(ref)
    return Wanted(by_key, upto)


@pytest.mark.contract
@pytest.mark.asyncio
class Contract:
    """Base of all classes of the suite; the fixture `harness` comes from whoever runs it."""

    @pytest_asyncio.fixture
    async def adapter(self, harness: Harness) -> AsyncIterator[Adapter]:
        """An open adapter over an empty source."""
        await harness.reset()
        adapter = await harness.connect()
        yield adapter
        await adapter.close(CLOSE_S)

    async def source(self, adapter: Adapter, harness: Harness) -> SourceRef:
        """The source as it is now."""
        found = (await adapter.describe(harness.source)).source
        assert found is not None, f"{harness.source} cannot be looked at"
        return found

    async def traits(self, adapter: Adapter, harness: Harness) -> Traits:
        """What is declared of the source."""
        traits = (await adapter.describe(harness.source)).traits
        assert traits is not None, f"{harness.source} declares no traits"
        harness.declare("identity", traits.identity)
        harness.declare(
            "a look", "free" if traits.free else ", ".join(sorted(it.value for it in traits.effects))
        )
        harness.declare("removal", traits.removal)
        harness.declare("seekable", "yes" if traits.seekable else "no")
        return traits

    async def route(self, adapter: Adapter, harness: Harness) -> Route:
        """What is declared of the way to the target."""
        (route,) = await adapter.route(await self.source(adapter, harness), [harness.target])
        harness.declare("coupled", "yes" if route.coupled else "no")
        harness.declare("receipt", route.receipt)
        harness.declare("dedupe", f"{route.dedupe_s:g} s")
        return route

    async def look(
        self,
        adapter: Adapter,
        source: SourceRef,
        *,
        start: Mark | None = None,
        limit: int = 10_000,
        hold: bool = False,
    ) -> tuple[list[DeadLetter], Look]:
        """One look and what it met."""
        met: list[DeadLetter] = []

        async def sink(letters: Sequence[DeadLetter]) -> None:
            met.extend(letters)

        return met, await adapter.browse(source, sink, start=start, limit=limit, hold=hold)

    async def redrive(
        self, adapter: Adapter, harness: Harness, refs: Sequence[MessageRef], gate: Gate
    ) -> Look:
        """One pass, as the engine would choose it."""
        source = await self.source(adapter, harness)
        if (await self.route(adapter, harness)).coupled:
            return await adapter.move(source, wanted(refs), gate)
        return await adapter.take(source, wanted(refs), gate)

    async def refused(self, harness: Harness, call: Callable[[], Awaitable[object]]) -> None:
        """The twin: what is not declared raises `Unsupported` and changes nothing."""
        before = await self.snapshot(harness)
        with pytest.raises(Unsupported):
            await call()
        assert await self.snapshot(harness) == before

    async def snapshot(self, harness: Harness) -> tuple[list[bytes], list[bytes]]:
        """All that lies in source and target."""
        return bodies(await harness.read_all()), bodies(await harness.copies())

    def assert_same(self, sent: Sequence[Payload], read: Sequence[DeadLetter | Payload]) -> None:
        """Byte for byte, in order."""
        assert len(read) == len(sent)
        for mine, theirs in zip(sent, read, strict=True):
            assert same(mine, theirs), f"{mine.body[:60]!r} came back changed"

    def assert_all(self, sent: Sequence[Payload], read: Sequence[DeadLetter | Payload]) -> None:
        """Byte for byte, in any order."""
        # By length and digest: a failed comparison of large bodies would spend minutes on showing their difference.
        assert sorted(map(_fingerprint, bodies(read))) == sorted(_fingerprint(it.body) for it in sent)
        for mine in sent:
            assert any(same(mine, theirs) for theirs in read), f"{mine.body[:60]!r} came back changed"


def _fingerprint(body: bytes) -> str:
    return f"{len(body)} bytes, {hashlib.sha256(body).hexdigest()[:16]}"
