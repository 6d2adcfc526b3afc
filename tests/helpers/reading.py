"""The reading half of an engine over the in-memory broker."""

import math
from dataclasses import dataclass, field

from adapters.api import Adapter, ConnectionSpec, Environment, Measure, Services
from adapters.memory.adapter import memory_factory
from adapters.memory.model import MemoryBroker
from dashboard.core.connections import Answer, Connection, ConnectionView
from dashboard.core.fleet import FleetRow, FleetSnapshot, Need, ResourceKey, Verdict
from dashboard.core.letters import SourceKey
from dashboard.engine.mailbox import Mailbox
from dashboard.engine.reading import Reading, ReadingParts
from tests.helpers.snapshots import NOW, DeadFile

DEAD = SourceKey("memory", "dead")


@dataclass
class Desk:
    """A reading with its broker, its file and its news."""

    broker: MemoryBroker
    dead: DeadFile
    read_only: bool = False
    mailbox: Mailbox = field(default_factory=Mailbox)
    fleet: FleetSnapshot = field(default_factory=lambda: FleetSnapshot(NOW))
    opened: int = 0
    closed: int = 0

    def __post_init__(self) -> None:
        self.reading = Reading(
            ReadingParts(
                recorder=self.dead.recorder,
                store=self.dead.store,
                clock=self.dead.clock,
                mailbox=self.mailbox,
                connect=self.connect,
                find=self.find,
                fleet=lambda: self.fleet,
            )
        )

    def find(self, name: str) -> Connection:
        return Connection(
            name, "memory", "memory:", environment=Environment.DEVELOPMENT, read_only=self.read_only
        )

    async def connect(self, _name: str) -> Adapter:
        spec = ConnectionSpec("memory", "memory:")
        adapter = memory_factory(self.broker)(spec, Services(self.dead.clock))
        await adapter.open()
        self.opened += 1
        return adapter

    async def watch(self, depth: float | None = None) -> None:
        """Fills the fleet as a sweep would."""
        adapter = await self.connect("memory")
        resource = await adapter.describe("dead")
        await adapter.close(1)
        waiting = float(len(self.broker.sources["dead"].messages)) if depth is None else depth
        view = ConnectionView(self.find("memory"), Answer.ANSWERS, NOW)
        row = FleetRow(
            key=ResourceKey("memory", "dead"),
            resource=resource,
            environment=Environment.DEVELOPMENT,
            values={Measure.DEPTH: waiting},
            why={},
            approximate=frozenset(),
            change=math.nan,
            spark=(),
            samples=1,
            verdict=Verdict.STEADY,
            verdict_why="",
            need=Need.HEALTHY,
            dead=None,
            at=NOW,
            age_s=0.0,
            stale=False,
        )
        self.fleet = FleetSnapshot(NOW, (view,), (row,))
