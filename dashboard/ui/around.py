"""What pages say about where and when: connections by name, times of day and days."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from dashboard.core.connections import Connection
from dashboard.core.fleet import FleetSnapshot
from dashboard.ui.bench import Bench
from dashboard.ui.look import Look
from dashboard.ui.page import Page


def connection_of(bench: Bench, name: str) -> Connection | None:
    """The connection of that name as it was last told; None where it is not known here."""
    fleet = bench.bridge.latest("fleet")
    if not isinstance(fleet, FleetSnapshot):
        return None
    return next((view.connection for view in fleet.connections if view.connection.name == name), None)


def settle_focus(page: Page) -> None:
    """Gives the focus to the page's first pane once there is something in it, unless a person put it elsewhere.

    While a page has nothing to show, Qt hands the focus to the search box of its top bar.
    """
    focus = QApplication.focusWidget()
    lost = focus is None or page.bar.isAncestorOf(focus) or not focus.isVisible()
    panes = page.panes()
    if lost and panes and page.isVisible():
        panes[0].setFocus(Qt.FocusReason.OtherFocusReason)


def first_button(widget: QWidget) -> QPushButton | None:
    """The first button in a widget that can be pressed."""
    found = (button for button in widget.findChildren(QPushButton) if button.isVisibleTo(widget))
    return next((button for button in found if button.isEnabled()), None)


def strip_color(look: Look, connection: Connection | None) -> str:
    """The colour of the 3-px bar of a connection's rows; empty where it is not known."""
    return look.environment(connection.environment)[0] if connection is not None else ""


def at_time(moment: datetime | None, now: datetime) -> str:
    """The local time to the second, with the day where it is not today; – for none."""
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
