"""What a new plan begins with, and what else a plan page can be opened for."""

from dataclasses import dataclass

from dashboard.core.runs import Pace, RunKind

CANARY = 5
WATCH_S = 30.0
RATE = 50.0
BRAKE_PERCENT = 20.0


@dataclass(frozen=True, slots=True)
class Restore:
    """An archive to put back; `to` None: where it came from."""

    archive: str
    to: str | None = None
    connection: str | None = None


def default_pace(kind: RunKind, number: int) -> Pace:
    """A canary before the rest where there is a rest; a purge or restore has none."""
    if kind != "redrive":
        return Pace()
    canary = CANARY if number > CANARY else 0
    return Pace(RATE, canary, WATCH_S if canary else 0.0, BRAKE_PERCENT)
