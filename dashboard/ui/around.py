"""What pages say about where and when: connections by name, times of day and days."""

from datetime import datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton, QWidget

from dashboard.core.connections import Connection
from dashboard.core.fleet import FleetRow, FleetSnapshot, ResourceKey
from dashboard.core.letters import SourceKey
from dashboard.ui.bench import Bench
from dashboard.ui.look import Look
from dashboard.ui.page import Page


def connection_of(bench: Bench, name: str) -> Connection | None:
    """The connection of that name as it was last told; None where it is not known here."""
    fleet = bench.bridge.latest("fleet")
    if not isinstance(fleet, FleetSnapshot):
        return None
    return next((view.connection for view in fleet.connections if view.connection.name == name), None)


def row_of(bench: Bench, key: SourceKey) -> FleetRow | None:
    """The last sweep's row of a source; None where it is not watched."""
    fleet = bench.bridge.latest("fleet")
    wanted = ResourceKey(key.connection, key.source)
    rows = fleet.rows if isinstance(fleet, FleetSnapshot) else ()
    return next((row for row in rows if row.key == wanted), None)


class FirstFocus:
    """Gives the focus to a page's first pane once there is something in it.

    While a page has nothing to show, Qt hands the focus to whatever comes next, even outside of the page.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._wanted = False

    def begin(self) -> None:
        """The page was entered and is about to ask for what it shows."""
        self._wanted = True

    def settle(self) -> None:
        """There is something to show: once after `begin`."""
        page = self._page
        if not self._wanted or not page.isVisible():
            return
        self._wanted = False
        # What was laid out just now is shown, and can take the focus, only after this turn of the loop.
        QTimer.singleShot(0, page, self._give)

    def _give(self) -> None:
        panes = self._page.panes()
        if panes and self._page.isVisible():
            panes[0].setFocus(Qt.FocusReason.OtherFocusReason)


def first_button(widget: QWidget) -> QPushButton | None:
    """The first button in a widget that can be pressed."""
    found = (button for button in widget.findChildren(QPushButton) if button.isVisibleTo(widget))
    return next((button for button in found if button.isEnabled()), None)


def strip_color(look: Look, connection: Connection | None) -> str:
    """The colour of the 3-px bar of a connection's rows; empty where it is not known."""
    return look.environment(connection.environment)[0] if connection is not None else ""


def at_time(moment: datetime | None, now: datetime) -> str:
    """The local time to the second today, else the day and the time to the minute; – for none."""
    if moment is None:
        return "–"
    local = moment.astimezone(now.tzinfo)
    return f"{local:%H:%M:%S}" if local.date() == now.date() else f"{local.day} {local:%b %H:%M}"


def since(moment: datetime | None, now: datetime) -> str:
    """The local time to the minute today, else the day, with the year where it is another; – for none."""
    if moment is None:
        return "–"
    local = moment.astimezone(now.tzinfo)
    if local.date() == now.date():
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b}" if local.year == now.year else f"{local.day} {local:%b %Y}"
