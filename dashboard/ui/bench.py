"""What each page is given: the look, the engine's news and questions, and what the window does for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from PySide6.QtWidgets import QWidget

from dashboard.bridge.bridge import Bridge
from dashboard.bridge.commands import Commands
from dashboard.bridge.ticker import Ticker
from dashboard.core.connections import Connection
from dashboard.ui.actions import Actions
from dashboard.ui.look import Look
from dashboard.ui.places import Place


class Shell(Protocol):
    """The window as its pages see it."""

    def go(self, place: Place) -> None:
        """Shows a place and remembers the present one."""
        ...

    def back(self) -> None:
        """Shows the place before."""
        ...

    def toast(
        self, text: str, *, tone: str = "ok", act: str = "", run: Callable[[], None] | None = None
    ) -> None:
        """Says one sentence at the lower right, with at most one act."""
        ...

    def overlay(self, overlay: QWidget) -> None:
        """Lays a widget made by `widgets.overlay` over the window."""
        ...

    def connect_to(self, url: str = "") -> None:
        """Opens the Connect overlay, filled from an address."""
        ...

    def change_connection(self, connection: Connection) -> None:
        """Opens the Connect overlay on a connection that is there."""
        ...

    def open_palette(self, text: str = "") -> None:
        """Opens the command palette."""
        ...

    def start_demo(self) -> None:
        """Starts the demo in a window of its own."""
        ...


@dataclass(frozen=True, slots=True)
class Bench:
    """Passed to every page and larger widget. `now` is the time of day with a zone, frozen in pictures."""

    look: Look
    bridge: Bridge
    commands: Commands
    ticker: Ticker
    actions: Actions
    shell: Shell
    now: Callable[[], datetime]
