"""What a picture of the window is to the demo: its bytes and every text with a number that stood on it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """A text with a number in it: `what` names it in its place ("Waiting"), `where` is the place ("ORDERS_DLQ")."""

    where: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of a page in one theme."""

    theme: str
    png: bytes
    shown: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What to take: `page` names the files, `place` and `what` say where the window goes.

    Nothing older than `since` (unix seconds) may be seen.
    """

    page: str
    place: str
    what: object
    since: float


Camera = Callable[[View], Awaitable[Sequence[Shot]]]
