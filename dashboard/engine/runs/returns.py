"""Watches a source for messages of a run that died again and came back."""

import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.api import RUN_HEADER, Adapter, Clock, DeadLetter, Mark, Payload, SourceRef
from dashboard.core.outgoing import own_header, parse_run_key

MOST_A_LOOK = 5_000


def body_digest(body: bytes) -> bytes:
    """For finding a body again whose headers were lost."""
    return hashlib.blake2b(body, digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found: item numbers that came back, and bodies of ours without our header."""

    returned: tuple[int, ...] = ()
    lookalikes: int = 0


class ReturnsWatch:
    """Looks at what arrived in the source since the run began; only where looking is free and seekable.

    `bodies` are digests of what the canary sent: a body that dies again without our header shows that the failing side
    drops headers, so that returns cannot be recognised.
    """

    def __init__(self, adapter: Adapter, source: SourceRef, run: str, since: Mark | None) -> None:
        self._adapter = adapter
        self._source = source
        self._run = run
        self.since = since
        self.bodies: set[bytes] = set()

    async def look(self) -> Seen:
        """One look at what is new; remembers where it ended."""
        returned: list[int] = []
        lookalikes = 0

        async def sink(letters: Sequence[DeadLetter]) -> None:
            nonlocal lookalikes
            for letter in letters:
                n = self._item(letter)
                if n is not None:
                    returned.append(n)
                elif self._resembles(letter):
                    lookalikes += 1

        look = await self._adapter.browse(self._source, sink, start=self.since, limit=MOST_A_LOOK, hold=False)
        if look.end is not None:
            self.since = look.end
        return Seen(tuple(returned), lookalikes)

    def _item(self, letter: DeadLetter) -> int | None:
        value = own_header(letter.payload, RUN_HEADER)
        parsed = parse_run_key(value) if value else None
        return parsed[1] if parsed and parsed[0] == self._run else None

    def _resembles(self, letter: DeadLetter) -> bool:
        if not self.bodies or not isinstance(letter.payload, Payload):
            return False
        return (
            own_header(letter.payload, RUN_HEADER) is None and body_digest(letter.payload.body) in self.bodies
        )


class Brake:
    """Returns ÷ moved over the last 60 s, from 20 moved on."""

    WINDOW_S = 60.0
    LEAST = 20

    def __init__(self, clock: Clock, percent: float) -> None:
        self._clock = clock
        self.percent = percent
        self._events: deque[tuple[float, int, int]] = deque()

    def note(self, *, moved: int, returned: int) -> None:
        """What happened since the last note."""
        if moved or returned:
            self._events.append((self._clock.monotonic(), moved, returned))

    def trips(self) -> str:
        """Why the run must stop; empty while it need not."""
        begin = self._clock.monotonic() - self.WINDOW_S
        while self._events and self._events[0][0] < begin:
            self._events.popleft()
        moved = sum(event[1] for event in self._events)
        returned = sum(event[2] for event in self._events)
        if self.percent <= 0 or moved < self.LEAST or returned * 100 < self.percent * moved:
            return ""
        share = 100 * returned / moved
        return f"{returned} of {moved} sent in the last minute came back ({share:.0f} %, the brake is at {self.percent:g} %)"
