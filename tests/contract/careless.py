"""Adapters with one fault each, over the oracle: what the suite has to catch."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from adapters.api import (
    Adapter,
    ConfigError,
    Copy,
    CopyRef,
    DeadLetter,
    Disconnected,
    Fate,
    Gate,
    Lease,
    Look,
    Mark,
    Marks,
    MessageRef,
    Order,
    Outcome,
    Outgoing,
    Payload,
    PublishResult,
    Refusal,
    Scope,
    Sighting,
    Sink,
    SourceRef,
    Sweep,
    Try,
    Wanted,
)
from adapters.memory.adapter import MemoryAdapter
from adapters.memory.model import MemoryBroker
from tests.contract.memory_harness import MemoryHarness


class Between(Gate):
    """Stands between the oracle's adapter and the gate; a careless adapter changes one call."""

    def __init__(self, gate: Gate, broker: MemoryBroker) -> None:
        self.gate = gate
        self.broker = broker

    @property
    def closed(self) -> bool:
        return self.gate.closed

    async def admit(self, met: Sequence[MessageRef]) -> Sequence[Order]:
        return await self.gate.admit(met)

    def outgoing(self, letter: DeadLetter) -> Outgoing | Refusal:
        return self.gate.outgoing(letter)

    async def keep(self, found: Sequence[DeadLetter]) -> Sequence[bool]:
        return await self.gate.keep(found)

    async def done(self, outcomes: Sequence[Outcome]) -> None:
        await self.gate.done(outcomes)


class RemovesFirst(Between):
    async def keep(self, found: Sequence[DeadLetter]) -> Sequence[bool]:
        for letter in found:
            assert isinstance(letter.payload, Payload)
            held = self.broker.sources["dead"]
            lying = [it for it in held.messages.values() if it.payload == letter.payload]
            held.remove(lying[0])
        return await super().keep(found)


class IgnoresLeave(Between):
    async def admit(self, met: Sequence[MessageRef]) -> Sequence[Order]:
        orders = await super().admit(met)
        return [Order.REMOVE if it is Order.LEAVE else it for it in orders]


class IgnoresUnkept(Between):
    async def keep(self, found: Sequence[DeadLetter]) -> Sequence[bool]:
        return [True for _ in await super().keep(found)]


class KeepsRemovals(Between):
    async def admit(self, met: Sequence[MessageRef]) -> Sequence[Order]:
        orders = await super().admit(met)
        return [Order.SEND if it is Order.REMOVE else it for it in orders]


class ReportsTwice(Between):
    async def done(self, outcomes: Sequence[Outcome]) -> None:
        await super().done([*outcomes, *outcomes])


class ReportsNothing(Between):
    async def done(self, outcomes: Sequence[Outcome]) -> None:
        return


class NeverSeesTheEnd(Between):
    @property
    def closed(self) -> bool:
        return False


class AsksBackwards(Between):
    async def admit(self, met: Sequence[MessageRef]) -> Sequence[Order]:
        return list(reversed(await super().admit(list(reversed(met)))))


class CallsItRemovedAfterACut(MemoryAdapter):
    """Reports everything as removed when the connection breaks."""

    async def take(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        try:
            return await super().take(source, wanted, gate)
        except Disconnected:
            refs = [ref for refs in wanted.refs.values() for ref in refs]
            await gate.done([Outcome(ref, Fate.MOVED, "removed") for ref in refs])
            raise


class SwallowsACut(MemoryAdapter):
    async def take(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        try:
            return await super().take(source, wanted, gate)
        except Disconnected:
            return Look(0, complete=True)


class ReportsTheMissing(MemoryAdapter):
    async def take(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        there = {it for sighting in [self._there(wanted)] for it in sighting}
        look = await super().take(source, wanted, gate)
        gone = [ref for refs in wanted.refs.values() for ref in refs if ref.key not in there]
        if gone:
            await gate.done([Outcome(ref, Fate.GONE, "removed") for ref in gone])
        return look

    def _there(self, wanted: Wanted) -> set[str]:
        lying = self._broker.sources["dead"].messages
        return {key for key in wanted.refs if int(key) in lying}


class TrustsPositions(MemoryAdapter):
    """Does not compare digests."""

    async def take(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        met: list[DeadLetter] = []

        async def sink(letters: Sequence[DeadLetter]) -> None:
            met.extend(letters)

        await self.browse(source, sink, start=None, limit=10_000, hold=False)
        lying = {it.ref.key: (it.ref,) for it in met if it.ref.key in wanted}
        return await super().take(source, Wanted(lying, wanted.upto), gate)


class ForgetsIncarnations(MemoryAdapter):
    async def take(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        return await super().take(SourceRef(source.name), wanted, gate)


class MovesAnyway(MemoryAdapter):
    async def move(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        return await self.take(source, wanted, gate)


class Decodes(MemoryAdapter):
    """Takes bodies for text."""

    async def browse(
        self, source: SourceRef, sink: Sink[DeadLetter], *, start: Mark | None, limit: int, hold: bool
    ) -> Look:
        async def decoded(letters: Sequence[DeadLetter]) -> None:
            await sink([replace(it, payload=self._decode(it)) for it in letters])

        return await super().browse(source, decoded, start=start, limit=limit, hold=hold)

    def _decode(self, letter: DeadLetter) -> Payload:
        assert isinstance(letter.payload, Payload)
        body = letter.payload.body.decode("utf-8", "replace").encode()
        return Payload(body, letter.payload.headers)


class NumbersLooks(MemoryAdapter):
    """Gives other refs at each look."""

    looks = 0

    async def browse(
        self, source: SourceRef, sink: Sink[DeadLetter], *, start: Mark | None, limit: int, hold: bool
    ) -> Look:
        self.looks += 1

        async def numbered(letters: Sequence[DeadLetter]) -> None:
            await sink([replace(it, ref=replace(it.ref, nth=self.looks)) for it in letters])

        return await super().browse(source, numbered, start=start, limit=limit, hold=hold)


class ForgetsToGiveBack(MemoryAdapter):
    async def release(self, source: SourceRef) -> Lease | None:
        return None


class ClaimsCopies(MemoryAdapter):
    """Takes sent for confirmed."""

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[PublishResult]:
        await super().publish(batch)
        return [Copy(CopyRef(it.target)) for it in batch]


class FindsEverything(MemoryAdapter):
    async def settle(self, source: SourceRef, tries: Sequence[Try], since: Marks) -> Sequence[Sighting]:
        return [replace(it, copy="found") for it in await super().settle(source, tries, since)]


class TakesHiddenForAway(MemoryAdapter):
    async def settle(self, source: SourceRef, tries: Sequence[Try], since: Marks) -> Sequence[Sighting]:
        return [replace(it, original="away") for it in await super().settle(source, tries, since)]


class ConsumesToCount(MemoryAdapter):
    async def sweep(self, scope: Scope) -> Sweep:
        self._broker.sources["dead"].messages.popitem()
        return await super().sweep(scope)


class CallsUnknownNothing(MemoryAdapter):
    """Gives no reasons."""

    async def sweep(self, scope: Scope) -> Sweep:
        sweep = await super().sweep(scope)
        columns = {
            measure: replace(
                column, values=type(column.values)("d", [0.0] * len(column.values)), why={-1: "?"}
            )
            for measure, column in sweep.columns.items()
        }
        return replace(sweep, columns=columns)


class LeavesATask(MemoryAdapter):
    async def close(self, within: float) -> Sequence[Lease]:
        self.task = asyncio.ensure_future(asyncio.sleep(0.05))
        return await super().close(within)


class CarelessHarness(MemoryHarness):
    """The oracle behind one of these."""

    def __init__(self, shape: str, careless: type[Between] | type[MemoryAdapter]) -> None:
        super().__init__(shape)
        self._careless = careless

    async def connect(self) -> Adapter:
        adapter = self._made()
        await adapter.open()
        return adapter

    def _made(self) -> MemoryAdapter:
        careless = self._careless
        if issubclass(careless, MemoryAdapter):
            return careless(self.broker)
        return _Through(self.broker, lambda gate: careless(gate, self.broker))


class _Through(MemoryAdapter):
    def __init__(self, broker: MemoryBroker, between: Callable[[Gate], Gate]) -> None:
        super().__init__(broker)
        self._between = between

    async def take(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        return await super().take(source, wanted, self._between(gate))

    async def move(self, source: SourceRef, wanted: Wanted, gate: Gate) -> Look:
        return await super().move(source, wanted, self._between(gate))


class Talkative(MemoryHarness):
    """Shows its password in an error."""

    def invalid(self, secret: str) -> Adapter:
        raise ConfigError(f"The password {secret} is wrong.")
