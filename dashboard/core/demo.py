"""The demo as the window and the command line see it: what can be rehearsed, and how the simulated shop does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DemoScenario:
    """Something that goes wrong on request: `name` as typed, `title` for a button, `text` says what will be seen."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class DemoWorker:
    """One program of the shop; `pid` is None while it does not run."""

    name: str
    version: str
    pid: int | None


@dataclass(frozen=True, slots=True)
class DemoState:
    """The shop now, as its broker counts it.

    `published` counts all messages its queues ever took, `dead` the dead letters that wait. `scenario` is None while
    nothing goes wrong on request; `fixed` once the repaired version runs.
    """

    url: str
    scenario: str | None
    fixed: bool
    workers: tuple[DemoWorker, ...]
    published: int
    dead: int


class DemoControl(Protocol):
    """The levers of the simulated shop; every call runs on the engine's loop."""

    def scenarios(self) -> Sequence[DemoScenario]:
        """What can be rehearsed, in the order of the buttons."""
        ...

    async def scenario(self, name: str) -> None:
        """Lets one scenario begin in place of the present one; raises `ConfigError` for an unknown name."""
        ...

    async def calm(self) -> None:
        """Ends the present scenario; killed programs run again."""
        ...

    async def deploy_fix(self) -> None:
        """Replaces the failing programs by their repaired version, one after the other, without a gap."""
        ...

    async def roll_back(self) -> None:
        """Replaces the repaired programs by the version that fails."""
        ...

    async def state(self) -> DemoState:
        """The shop now; raises `Disconnected` when its broker does not answer."""
        ...
