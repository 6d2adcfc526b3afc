"""One run as the window follows it, and what can be asked of it."""

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, QTimer, Signal

from adapters.api import RedriveError
from dashboard.core.desk import Desk
from dashboard.core.runs import Decision, LedgerPage, Pace, RunView
from dashboard.ui.bench import Bench
from dashboard.ui.tables.paged import Take

LOOK_MS = 2000
SOON_MS = 300


class RunControl(QObject):
    """`viewed(run)` with one view at a time, never parts of two; `failed` where it cannot be found; `refused` of an act.

    A run in another process tells nothing here, so while the page is open it is asked for every two seconds.
    """

    viewed = Signal(object)
    failed = Signal(object)
    refused = Signal(object)

    def __init__(self, bench: Bench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._name = ""
        self.view: RunView | None = None
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self.ask)
        bench.bridge.news.connect(self._news)

    def open(self, name: str) -> None:
        """Follows a run by its id or number."""
        if name != self._name:
            self._name, self.view = name, None
        self.ask()
        self._look.start()

    def leave(self) -> None:
        """Asks no more by itself."""
        self._look.stop()

    def ask(self) -> None:
        """Asks how it is."""
        name = self._name
        if name and not (self.view is not None and self.view.state.over):
            self._bench.commands.ask(self, lambda desk: desk.run(name), self._take, self._fail)

    def pause(self) -> None:
        """Pauses; what was admitted goes to its end."""
        self._act(lambda desk, run: desk.pause(run))

    def resume(self, typed: str = "") -> None:
        """Goes on."""
        self._act(lambda desk, run: desk.resume(run, typed))

    def cancel(self) -> None:
        """What is not sent stays."""
        self._act(lambda desk, run: desk.cancel(run))

    def decide(self, act: Decision) -> None:
        """What becomes of the unknown ones."""
        self._act(lambda desk, run: desk.decide(run, act))

    def set_pace(self, pace: Pace) -> None:
        """Another rate or brake."""
        self._act(lambda desk, run: desk.set_pace(run, pace))

    def fetch(self, outcome: str, offset: int, limit: int, take: Take) -> None:
        """A page of the ledger, for the table."""
        view = self.view
        if view is None:
            return

        def came(page: LedgerPage) -> None:
            take(page.total, page.rows)

        self._bench.commands.ask(
            self,
            lambda desk: desk.ledger(view.id, outcome, offset=offset, limit=limit),
            came,
            self._refuse,
        )

    def _act(self, call: Callable[[Desk, str], Awaitable[object]]) -> None:
        view = self.view
        if view is not None:
            self._bench.commands.ask(self, lambda desk: call(desk, view.id), self._done, self._refuse)

    def _done(self, answer: object) -> None:
        if isinstance(answer, RunView):
            self._take(answer)
        self.ask()

    def _news(self, key: object, value: object) -> None:
        if isinstance(value, RunView) and self.view is not None and key == ("run", self.view.id):
            self._take(value)

    def _take(self, view: RunView) -> None:
        if self._name in {view.id, view.name}:
            self.view = view
            self.viewed.emit(view)
            resting = not view.state.active and not view.state.over and view.at_work
            if resting and self._look.isActive():
                # Its process is about to leave it, and tells nothing when it has.
                QTimer.singleShot(SOON_MS, self, self.ask)

    def _fail(self, error: RedriveError) -> None:
        self.failed.emit(error)

    def _refuse(self, error: RedriveError) -> None:
        self.refused.emit(error)
