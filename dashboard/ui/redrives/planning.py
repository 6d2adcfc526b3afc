"""A draft as it is edited, and the plan that the engine makes of it; the newest draft wins."""

from PySide6.QtCore import QObject, QTimer, Signal

from adapters.api import RedriveError
from dashboard.bridge.commands import Handle
from dashboard.core.runs import Draft, Plan, RunView
from dashboard.ui.bench import Bench
from dashboard.ui.redrives.drafts import Restore

WAIT_MS = 150


class PlanControl(QObject):
    """`planned(plan)` for the newest draft only; `failed(error)`; `started(run)` once it was confirmed.

    `stale()` is told as soon as a change makes the shown plan an older one.
    """

    planned = Signal(object)
    failed = Signal(object)
    stale = Signal()
    started = Signal(object)
    refused = Signal(object)

    def __init__(self, bench: Bench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._asking: Handle[Plan] | None = None
        self._confirming = False
        self.draft: Draft | None = None
        self.restore: Restore | None = None
        self.plan: Plan | None = None
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self.ask)

    def open(self, what: Draft | Restore) -> None:
        """Begins with a draft or an archive."""
        self.plan = None
        self._confirming = False
        self.draft = what if isinstance(what, Draft) else None
        self.restore = what if isinstance(what, Restore) else None
        self.ask()

    def change(self, draft: Draft) -> None:
        """Takes an edited draft; the plan follows."""
        if draft != self.draft:
            self.draft = draft
            self.stale.emit()
            self._wait.start()

    def change_restore(self, restore: Restore) -> None:
        """Takes another place to restore to."""
        if restore != self.restore:
            self.restore = restore
            self.stale.emit()
            self._wait.start()

    def ask(self) -> None:
        """Asks for the plan of the present draft."""
        self._wait.stop()
        if self._asking is not None:
            self._asking.cancel()
        draft, restore = self.draft, self.restore
        if draft is not None:
            self._asking = self._bench.commands.ask(
                self, lambda desk: desk.plan(draft), self._came, self._fail
            )
        elif restore is not None:
            self._asking = self._bench.commands.ask(
                self,
                lambda desk: desk.restore_plan(restore.archive, restore.to, restore.connection),
                self._came,
                self._fail,
            )

    def confirm(self, typed: str) -> None:
        """Confirms the plan that is shown; once."""
        plan = self.plan
        if plan is None or self._confirming:
            return
        self._confirming = True
        self._bench.commands.ask(
            self, lambda desk: desk.confirm(plan, typed), self._started, self._not_started
        )

    def _came(self, plan: Plan) -> None:
        self.plan = plan
        self.planned.emit(plan)

    def _fail(self, error: RedriveError) -> None:
        self.plan = None
        self.failed.emit(error)

    def _started(self, run: RunView) -> None:
        self._confirming = False
        self.started.emit(run)

    def _not_started(self, error: RedriveError) -> None:
        self._confirming = False
        self.refused.emit(error)
