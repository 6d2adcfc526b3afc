"""The oracle's broker: named sources and targets, connections to it, and trouble on demand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from adapters.api import (
    ConnectError,
    Denied,
    Disconnected,
    Effect,
    Header,
    Origin,
    Payload,
    Right,
    TargetRef,
)
from adapters.memory.faults import Fault, Faults, Killed
from adapters.memory.shapes import shape_named
from adapters.memory.store import Source, Stored, Target

T = TypeVar("T")

_RIGHTS = {"publish": Right.PUBLISH, "remove": Right.REMOVE, "mark": Right.REMOVE, "lease": Right.READ}


def utc_now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)


def order(number: int) -> Payload:
    """The dead letter of an order, as a worker leaves it."""
    headers = (Header("content-type", b"application/json"), Header("x-error", b"TimeoutError"))
    return Payload(b'{"order": %d}' % number, headers)


@dataclass(frozen=True, slots=True)
class Lying:
    """One message as it lies at the broker: in which source or target, and whether a run has marked it."""

    place: str
    dead: bool
    body: bytes
    marked: bool


class MemoryBroker:
    """One broker in this process. Tests hold it, adapters connect to it; it outlives them.

    `now` is its clock. `notice_s` is how long it takes to notice a dead connection: until then what that connection
    held stays away. `denied` rights are refused when used.
    """

    def __init__(
        self, *, now: Callable[[], datetime] = utc_now, faults: Faults | None = None, notice_s: float = 0.0
    ) -> None:
        self.now = now
        self.faults = faults if faults is not None else Faults()
        self.notice_s = notice_s
        self.denied: set[Right] = set()
        self.sources: dict[str, Source] = {}
        self.targets: dict[str, Target] = {}
        self.connections: list[Session] = []
        self.down = False

    @classmethod
    def shape(
        cls,
        name: str,
        *,
        now: Callable[[], datetime] = utc_now,
        faults: Faults | None = None,
        notice_s: float = 0.0,
        limit: int | None = None,
        max_length: int | None = None,
    ) -> "MemoryBroker":
        """A broker with one source, `dead`, of the shape named, and the targets `orders` and `parking`.

        `limit` is the delivery limit (20 for quorum unless given), `max_length` the source's bound.
        """
        broker = cls(now=now, faults=faults, notice_s=notice_s)
        if limit is None and name == "quorum":
            limit = 20
        broker.sources["dead"] = Source("dead", shape_named(name), limit=limit, max_length=max_length)
        broker.targets["orders"] = Target("orders")
        broker.targets["parking"] = Target("parking")
        return broker

    def seed_dead(
        self,
        count: int,
        *,
        source: str = "dead",
        twins: int = 1,
        groups: int = 1,
        target: str = "orders",
        make: Callable[[int], Payload] = order,
    ) -> list[bytes]:
        """Lets `count` messages die out of `target`; their bodies, in order.

        `make` gives the payload of each number; each comes `twins` times in a row; groups take turns.
        """
        held = self.sources[source]
        bodies = []
        for place in range(count):
            payload = make(held.taken_in // twins)
            origin = Origin(target, TargetRef(target))
            held.arrive(payload, self.now(), origin=origin, group=f"g{place % groups}")
            bodies.append(payload.body)
        return bodies

    def all_messages(self) -> list[Lying]:
        """All that lies in sources and targets, away or not; what was dropped or consumed is not among it."""
        dead = [
            Lying(source.name, dead=True, body=it.payload.body, marked=it.handled is not None)
            for source in self.sources.values()
            for it in source.messages.values()
        ]
        sent = [
            Lying(target.name, dead=False, body=it.payload.body, marked=False)
            for target in self.targets.values()
            for it in target.messages.values()
        ]
        return dead + sent

    def consume(
        self,
        target: str,
        *,
        dies: Callable[[Payload], bool] = lambda _: False,
        into: str = "dead",
        count: int | None = None,
    ) -> list[Payload]:
        """The application takes what waits in `target`; what `dies` lies in the source `into` again."""
        done = []
        for stored in self.targets[target].consume(count):
            if dies(stored.payload):
                origin = Origin(target, TargetRef(target))
                self.sources[into].arrive(stored.payload, self.now(), origin=origin, group=stored.group)
            else:
                done.append(stored.payload)
        return done

    def connect(self) -> "Session":
        """A new connection; raises `ConnectError` while the broker is down."""
        if self.down:
            raise ConnectError("The broker does not answer.")
        session = Session(self)
        self.connections.append(session)
        return session

    def sever(self) -> None:
        """Cuts all connections and takes no new ones."""
        self.down = True
        for session in list(self.connections):
            session.cut()

    def heal(self) -> None:
        """Takes connections again."""
        self.down = False

    def notice(self) -> None:
        """Takes back what dead connections held, once they are noticed."""
        now = self.now()
        for session in list(self.connections):
            if session.died is not None and (now - session.died).total_seconds() >= self.notice_s:
                self.connections.remove(session)
                session.give_back_held()


class Session:
    """One connection; every effect on the broker goes through it."""

    def __init__(self, broker: MemoryBroker) -> None:
        self.broker = broker
        self.died: datetime | None = None
        self.holding_since: datetime | None = None
        self._killed = False

    @property
    def alive(self) -> bool:
        """Whether the connection and the program behind it live."""
        return self.died is None

    def check(self) -> None:
        """Raises `Disconnected` or `Killed` on a dead connection; holding too long kills it."""
        if self._killed:
            raise Killed
        self.broker.notice()
        if self.alive and self.holding_since is not None:
            held_s = (self.broker.now() - self.holding_since).total_seconds()
            if any(
                source.shape.looking == "held" and held_s > (source.shape.traits.hold_max_s or held_s)
                for source in self.broker.sources.values()
            ):
                self.cut()
        if not self.alive:
            raise Disconnected("The connection is closed.", hint="Connect again.", effect=Effect.NOT_DONE)

    def cut(self) -> None:
        """The connection breaks."""
        if self.died is None:
            self.died = self.broker.now()
            self.broker.notice()

    def kill(self) -> None:
        """The program dies: whatever it still tries raises `Killed`."""
        self._killed = True
        self.cut()

    def end(self) -> None:
        """The connection is closed in order: the broker notices at once. Idempotent."""
        if self.died is None:
            self.died = self.broker.now()
            self.broker.connections.remove(self)
            self.give_back_held()

    async def effect(self, name: str, act: Callable[[], T], *, pretend: T | None = None) -> T:
        """One numbered effect; `pretend` is the answer of a broker that does not do what it says."""
        self.check()
        fault = await self.broker.faults.next(name)
        self.check()
        if fault is Fault.REFUSE:
            raise Denied(f"The broker refused to {name}.")
        right = _RIGHTS.get(name)
        if right in self.broker.denied:
            raise Denied(f"This account may not {name}.")
        if fault is Fault.IGNORE and pretend is not None:
            return pretend
        if fault is None or fault is Fault.IGNORE:
            return act()
        if not fault.before:
            act()
        self._strike(fault)
        raise Disconnected("The connection broke.", hint="Connect again.", effect=Effect.UNKNOWN)

    def _strike(self, fault: Fault) -> None:
        if fault.kills:
            self.kill()
            raise Killed
        self.cut()

    def give_back(self, source: Source, letters: Iterable[Stored]) -> None:
        """Gives back what this connection holds, in the source's order."""
        source.give_back(sorted(letters, key=lambda it: it.seq), self, self.broker.now())

    def give_back_held(self) -> None:
        """What ends with the connection comes back; leases last."""
        for source in self.broker.sources.values():
            if source.shape.looking == "held":
                self.give_back(source, [it for it in source.messages.values() if it.holder is self])
