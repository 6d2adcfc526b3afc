"""What a program of the shop was started as, and what it was told since."""

import asyncio
from dataclasses import dataclass, field

import msgspec

from dashboard.demo.scenarios import CALM, Knobs

OLD_VERSION = "1.0"
NEW_VERSION = "1.1"


@dataclass(frozen=True, slots=True)
class Job:
    """What a program was started as."""

    service: str
    url: str
    version: str
    seed: int

    @property
    def fixed(self) -> bool:
        """Whether it is the repaired version."""
        return self.version != OLD_VERSION


@dataclass(slots=True)
class Levers:
    """What a running program was told last, and whether it shall end."""

    knobs: Knobs = CALM
    stop: asyncio.Event = field(default_factory=asyncio.Event)


def read_knobs(line: bytes) -> Knobs:
    """The knobs in one line; raises `ValueError` where they cannot be read."""
    try:
        return msgspec.json.decode(line, type=Knobs)
    except msgspec.MsgspecError as error:
        raise ValueError(f"knobs cannot be read: {error}") from None
