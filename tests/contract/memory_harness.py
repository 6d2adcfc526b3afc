"""The oracle behind the contract suite: it reads and breaks the broker without the adapter."""

from collections.abc import Sequence

from adapters.api import (
    Adapter,
    ConnectionSpec,
    Disconnected,
    Origin,
    Payload,
    Secret,
    Services,
    TargetRef,
)
from adapters.memory.adapter import MemoryAdapter, connect
from adapters.memory.faults import Fault, Faults, Killed
from adapters.memory.model import MemoryBroker
from adapters.testing.harness import Harness
from tests.helpers.clocks import FakeClock

BREAKS = (Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.KILL_BEFORE, Fault.KILL_AFTER)


class MemoryHarness(Harness):
    """One shape of the oracle."""

    source = "dead"
    target = TargetRef("orders")
    missing = TargetRef("nowhere")
    follows = True
    deaths = (Disconnected, Killed)

    def __init__(self, shape: str) -> None:
        super().__init__()
        self.name = f"memory {shape}"
        self.clock = FakeClock()
        self.broker = MemoryBroker.shape(shape, now=self.clock.now)

    async def connect(self) -> Adapter:
        adapter = MemoryAdapter(self.broker)
        await adapter.open()
        return adapter

    def invalid(self, secret: str) -> Adapter:
        spec = ConnectionSpec("memory", "memory://trial?shape=no-such", secrets={"password": Secret(secret)})
        return connect(spec, Services(self.clock))

    async def reset(self) -> None:
        held = self.broker.sources["dead"]
        held.messages.clear()
        held.remake()
        for target in self.broker.targets.values():
            target.messages.clear()
            target.first_by_key.clear()
        self.broker.faults = Faults()

    async def make_dead(self, payloads: Sequence[Payload]) -> None:
        held = self.broker.sources["dead"]
        for payload in payloads:
            origin = Origin("orders", self.target)
            held.arrive(payload, self.clock.now(), origin=origin, group=f"g{held.last}")

    async def read_all(self) -> Sequence[Payload]:
        lying = self.broker.sources["dead"].messages.values()
        return [it.payload for it in lying if it.handled is None]

    async def copies(self) -> Sequence[Payload]:
        return [it.payload for it in self.broker.targets["orders"].messages.values()]

    async def remake(self) -> None:
        self.broker.sources["dead"].remake()

    async def arm(self, step: int) -> None:
        at, kind = divmod(step - 1, len(BREAKS))
        self.broker.faults = Faults(at=at + 1, kind=BREAKS[kind])

    async def disarm(self) -> bool:
        faults, self.broker.faults = self.broker.faults, Faults()
        return faults.at is not None and faults.total >= faults.at

    async def sever(self) -> None:
        self.broker.sever()

    async def heal(self) -> None:
        self.broker.heal()

    async def let_leases_end(self) -> None:
        self.clock.advance(3600)
