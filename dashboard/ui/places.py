"""Where the window can be, and how it goes back and forward."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.core.letters import SourceKey

if TYPE_CHECKING:
    from dashboard.ui.bench import Bench
    from dashboard.ui.page import Page


@dataclass(frozen=True, slots=True)
class Place:
    """A page, and what it shows: a source key, a cause of one, a run's id, a draft; None for the page as it is."""

    page: str
    what: object = None


@dataclass(frozen=True, slots=True)
class CauseOf:
    """One cause inside a source, by its stable id."""

    source: SourceKey
    cause: str


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page of the window. `sidebar` pages are listed there; the others light up their `parent`."""

    id: str
    title: str
    icon: str
    make: "Callable[[Bench], Page]"
    sidebar: bool = True
    parent: str = ""


class History:
    """Places that were visited; going somewhere forgets what lay ahead."""

    def __init__(self, limit: int = 100) -> None:
        self._places: list[Place] = []
        self._at = -1
        self._limit = limit

    @property
    def current(self) -> Place | None:
        """The present place; None before the first."""
        return self._places[self._at] if self._places else None

    def visit(self, place: Place) -> None:
        """Goes to a place; going to the present one changes nothing."""
        if place == self.current:
            return
        self._places = [*self._places[: self._at + 1], place][-self._limit :]
        self._at = len(self._places) - 1

    def can_step(self, by: int) -> bool:
        """Whether there is a place that way."""
        return 0 <= self._at + by < len(self._places)

    def step(self, by: int) -> Place | None:
        """Goes back (-1) or forward (1); None at the end."""
        if not self.can_step(by):
            return None
        self._at += by
        return self._places[self._at]
