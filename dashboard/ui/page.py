"""What all pages are made of: top bar, environment bar, body; and what the window asks of them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from dashboard.core.fleet import FleetSnapshot
from dashboard.ui.bench import Bench
from dashboard.ui.shell.topbar import TopBar
from dashboard.ui.widgets.environment import EnvironmentBar


class Page(QWidget):
    """Subclasses fill `body`, and override what they need of `enter`, `leave`, `panes` and `search_field`."""

    def __init__(self, bench: Bench, title: str) -> None:
        super().__init__()
        self.bench = bench
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        self.bar = TopBar(bench, title)
        self.environment = EnvironmentBar(bench.look)
        self.last_focus: QWidget | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.bar)
        outer.addWidget(self.environment)
        self.body = QVBoxLayout()
        self.body.setSpacing(0)
        outer.addLayout(self.body, 1)
        bench.bridge.subscribe(self, "fleet", self._fleet_told)

    def enter(self, what: object) -> None:
        """The window came here; `what` is the place's, None for the page as it is."""

    def leave(self) -> None:
        """The window goes elsewhere; the page stays as it is."""

    def connection_changed(self) -> None:
        """The connection that the page shows was saved anew: what is allowed may differ."""
        if self.isVisible():
            self.count_again()

    def _fleet_told(self, fleet: object) -> None:
        known = fleet.connections if isinstance(fleet, FleetSnapshot) else ()
        if self.environment.follow(view.connection for view in known):
            self.connection_changed()

    def panes(self) -> Sequence[QWidget]:
        """What F6 goes round, the main table first."""
        return ()

    def search_field(self) -> QLineEdit | None:
        """The page's own filter, for the key /."""
        return None

    def count_again(self) -> None:
        """F5: asks for counts again, never for a reading that has a price."""

    def restore_focus(self) -> None:
        """Gives the focus to what had it last, else to the main pane."""
        last = self.last_focus
        if last is not None and isValid(last) and last.isVisible() and last.isEnabled():
            last.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.focus_main()

    def focus_main(self) -> None:
        """Gives the focus to the main pane, or the first one that can have it."""
        panes = self.panes()
        # Of those not shown yet the first gets it as soon as it is.
        target = next((pane for pane in panes if pane.isVisible() and pane.isEnabled()), *panes[:1])
        if panes:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
