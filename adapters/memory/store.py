"""What lies in the oracle: messages in sources and targets, with the rules by which they come and go."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.api import Copy, CopyRef, Gone, Handled, Mark, Origin, Payload, Refused, TargetRef
from adapters.memory.shapes import Shape


@dataclass(slots=True, eq=False)
class Stored:
    """One message at the broker. `seq` orders, `id` identifies; `holder` and `until` say why it is away."""

    seq: int
    id: str
    payload: Payload
    at: datetime
    address: str = ""
    group: str = ""
    key: str = ""
    origin: Origin | None = None
    deliveries: int = 0
    holder: object | None = None
    until: datetime | None = None
    handled: Handled | None = None

    def away(self, now: datetime) -> bool:
        """Whether a look would not meet it."""
        if self.until is not None:
            return now < self.until
        return self.holder is not None


@dataclass(slots=True)
class Target:
    """Where copies go. Without `room` for another, or for a larger body, a publish is refused.

    `fan_out`, `retention_s` and `dies_again_s` are what routes tell of it.
    """

    name: str
    room: int | None = None
    max_bytes: int | None = None
    fan_out: tuple[str, ...] = ()
    retention_s: float | None = None
    dies_again_s: float | None = None
    messages: dict[int, Stored] = field(default_factory=dict)
    last: int = 0
    lost: int = 0
    taken_in: int = 0
    first_by_key: dict[str, Stored] = field(default_factory=dict)
    listeners: list[Callable[[Stored], None]] = field(default_factory=list)

    def publish(self, payload: Payload, key: str, now: datetime, dedupe_s: float) -> Copy:
        """Stores a copy, or finds the first one under the same key within the window; raises `Refused`."""
        first = self.first_by_key.get(key)
        if first is not None and (now - first.at).total_seconds() < dedupe_s:
            return Copy(CopyRef(TargetRef(self.name), str(first.seq)), duplicate=True)
        if self.max_bytes is not None and len(payload.body) > self.max_bytes:
            raise Refused(f"{self.name} takes at most {self.max_bytes} bytes.")
        if self.room is not None and len(self.messages) >= self.room:
            raise Refused(f"{self.name} is full.")
        self.last += 1
        self.taken_in += 1
        stored = Stored(self.last, f"{self.name}-{self.last}", payload, now, address=self.name, key=key)
        self.messages[stored.seq] = stored
        self.first_by_key.setdefault(key, stored)
        for listener in self.listeners:
            listener(stored)
        return Copy(CopyRef(TargetRef(self.name), str(stored.seq)))

    def consume(self, count: int | None = None) -> list[Stored]:
        """What the application's consumer takes, oldest first; a search no longer finds it."""
        taken = list(self.messages.values())[:count]
        for stored in taken:
            del self.messages[stored.seq]
            self.lost = stored.seq
        return taken

    def find(self, key: str, after: Mark | None) -> Stored | None:
        """The copy under `key` that still lies here after the mark."""
        start = int(after.value) if after is not None else 0
        return next((it for it in self.messages.values() if it.key == key and it.seq > start), None)

    def seen_all_since(self, after: Mark | None) -> bool:
        """Whether nothing published after the mark has left."""
        return self.lost <= (int(after.value) if after is not None else 0)


@dataclass(slots=True)
class Source:
    """Dead letters of one shape, in order of `seq`.

    `limit`: a message delivered and given back more often is dropped (into `dropped`). `max_length`: the oldest that
    is not away is dropped when more lie here. Where the source holds pointers, `origins` has the payloads, which
    others own too.
    """

    name: str
    shape: Shape
    incarnation: str = "1"
    limit: int | None = None
    max_length: int | None = None
    messages: dict[int, Stored] = field(default_factory=dict)
    last: int = 0
    taken_in: int = 0
    taken_out: int = 0
    dropped: list[Stored] = field(default_factory=list)
    origins: dict[int, Payload] = field(default_factory=dict)

    def arrive(self, payload: Payload, now: datetime, *, origin: Origin | None, group: str) -> Stored:
        """A message dies into the source."""
        self.last += 1
        self.taken_in += 1
        id_ = f"{self.name}.{self.incarnation}-{self.last}"
        stored = Stored(self.last, id_, payload, now, address=self.name, group=group, origin=origin)
        self.messages[stored.seq] = stored
        if self.shape.entries:
            self.origins[stored.seq] = payload
        self._overflow(now)
        return stored

    def payload(self, stored: Stored) -> Payload | Gone:
        """What was sent, from where it lies."""
        if self.shape.entries and stored.seq not in self.origins:
            return Gone("The stream has dropped the message that this entry points to.")
        return stored.payload

    def ready(self, now: datetime) -> list[Stored]:
        """What a look could meet now."""
        return [it for it in self.messages.values() if not it.away(now)]

    def held_by(self, holder: object, now: datetime) -> int:
        """How many are away because of this connection."""
        return sum(it.holder is holder and it.away(now) for it in self.messages.values())

    def lease(self, stored: Stored, holder: object, now: datetime) -> bool:
        """Delivers a message to a connection; False when it is not to be had any more."""
        if self.messages.get(stored.seq) is not stored or stored.away(now):
            return False
        stored.holder = holder
        stored.deliveries += self.shape.looking == "leased"
        hides_s = self.shape.traits.hides_s
        stored.until = now + timedelta(seconds=hides_s) if hides_s is not None else None
        return True

    def give_back(self, letters: Sequence[Stored], holder: object, now: datetime) -> None:
        """Takes back what the connection still holds; drops what has been delivered too often."""
        for stored in letters:
            if stored.holder is holder and stored.seq in self.messages:
                stored.holder = stored.until = None
                if self.shape.looking == "held":
                    stored.deliveries += 1
                    if self.limit is not None and stored.deliveries > self.limit:
                        self.dropped.append(self.messages.pop(stored.seq))
        self._overflow(now)

    def remove(self, stored: Stored) -> bool:
        """Removes a message; False when it had gone before."""
        if self.messages.get(stored.seq) is not stored:
            return False
        del self.messages[stored.seq]
        self.taken_out += 1
        return True

    def looks_left(self) -> int | None:
        """How often everything may still be looked at before the first message is dropped."""
        if self.limit is None:
            return None
        return max(0, self.limit - max((it.deliveries for it in self.messages.values()), default=0))

    def between(self, after: int, end: int) -> Iterator[Stored]:
        """Messages by position, without effect."""
        return (it for it in list(self.messages.values()) if after < it.seq <= end)

    def remake(self) -> None:
        """Deletes the source and makes one of the same name: positions start again and mean other messages."""
        self.incarnation = str(int(self.incarnation) + 1)
        self.messages = {}
        self.last = 0

    def _overflow(self, now: datetime) -> None:
        if self.max_length is None:
            return
        ready = self.ready(now)
        for stored in ready[: max(0, len(ready) - self.max_length)]:
            self.dropped.append(self.messages.pop(stored.seq))
