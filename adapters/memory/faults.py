"""Trouble on demand: each effect at the broker is numbered, and one of them may go wrong."""

import asyncio
from dataclasses import dataclass, field
from enum import Enum


class Killed(BaseException):
    """The program died here: nothing it does afterwards counts, the broker lives on."""


class Fault(Enum):
    """What happens at the chosen effect.

    The connection is cut, or the program killed, before or after it; the broker refuses it; or the broker says that
    it was done and does not do it.
    """

    CUT_BEFORE = "cut before"
    CUT_AFTER = "cut after"
    KILL_BEFORE = "kill before"
    KILL_AFTER = "kill after"
    REFUSE = "refuse"
    IGNORE = "ignore"

    @property
    def kills(self) -> bool:
        """Whether the program ends."""
        return self in {Fault.KILL_BEFORE, Fault.KILL_AFTER}

    @property
    def before(self) -> bool:
        """Whether the effect does not take place."""
        return self in {Fault.CUT_BEFORE, Fault.KILL_BEFORE}


@dataclass(slots=True)
class Faults:
    """Which effect goes wrong, and how.

    Effects (lease, publish, remove, mark, move) are numbered from 1 over all connections in `names`; number `at` is
    struck by `kind`, once. A sweep runs once without `at` to learn the total, then once for each number up to it.
    `delay_s` is waited before each effect; `shuffle` makes looks meet messages out of order; `lie` is added to every
    depth the broker tells.
    """

    at: int | None = None
    kind: Fault = Fault.CUT_AFTER
    delay_s: float = 0.0
    shuffle: bool = False
    lie: int = 0
    names: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Effects so far."""
        return len(self.names)

    async def next(self, name: str) -> Fault | None:
        """Numbers an effect that is about to happen; the fault that strikes it, if any."""
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        self.names.append(name)
        return self.kind if len(self.names) == self.at else None
