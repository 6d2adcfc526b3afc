"""Runs as the program shows them: derived state, rate, and news for the mailbox at most four times a second."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from adapters.api import Clock
from dashboard.core.desk import MailKey
from dashboard.core.planning import typed_word
from dashboard.core.runs import RunState, RunView
from dashboard.engine.runs.lock import held
from dashboard.store.ledger_read import LedgerReader
from dashboard.store.ledger_rows import RunRow, source_key

EVERY_S = 0.25
RATE_S = 3.0


class RunNews:
    """Makes views of runs, and tells of those that changed."""

    def __init__(
        self, books: LedgerReader, locks: Path, clock: Clock, post: Callable[[MailKey, object], None]
    ) -> None:
        self._books = books
        self._locks = locks
        self._clock = clock
        self._post = post
        self._dirty: dict[int, None] = {}
        self._wake = asyncio.Event()
        self._lock = threading.Lock()
        self._sent: dict[int, deque[tuple[float, int]]] = {}
        self._failed: dict[int, str] = {}

    def changed(self, number: int) -> None:
        """Something about a run is new."""
        self._dirty[number] = None
        self._wake.set()

    def failed(self, number: int, why: str) -> None:
        """What ended this process's work on a run and could not be written to the ledger; "" forgets it."""
        if why:
            self._failed[number] = why
        else:
            self._failed.pop(number, None)
        self.changed(number)

    async def tell(self) -> None:
        """Until cancelled: posts ("run", id) and "runs", the latter at once: a run may wait since the last time."""
        self._post("runs", await asyncio.to_thread(self.views))
        while True:
            await self._wake.wait()
            self._wake.clear()
            numbers, self._dirty = list(self._dirty), {}
            for number in numbers:
                view = self.view(await asyncio.to_thread(self._books.run, str(number)))
                self._post(("run", view.id), view)
            self._post("runs", await asyncio.to_thread(self.views))
            await asyncio.sleep(EVERY_S)

    def views(self) -> tuple[RunView, ...]:
        """All runs, newest first; blocks on the file."""
        return tuple(self.view(row) for row in self._books.runs())

    def view(self, row: RunRow) -> RunView:
        """One run with its derived state."""
        at_work = held(self._locks, row.setup.id)
        state, reason = _state(row, at_work=at_work)
        if state is RunState.CUT:
            reason = self._failed.get(row.number, reason)
        setup = row.setup
        return RunView(
            id=setup.id,
            number=row.number,
            kind=setup.kind,
            state=state,
            source=source_key(row),
            targets=setup.targets,
            tally=row.tally,
            pace=row.pace,
            opened=datetime.fromtimestamp(row.opened, UTC),
            closed=None if row.closed is None else datetime.fromtimestamp(row.closed, UTC),
            seconds=row.seconds,
            reason=reason,
            owner=row.owner,
            archive=row.archive,
            sent_rate=self._rate(row, state),
            environment=setup.connection.environment.value,
            typed=typed_word(setup.kind, setup.connection, setup.target_connection),
            canary_done=row.canary in {"stayed", "asked"},
            at_work=at_work,
        )

    def _rate(self, row: RunRow, state: RunState) -> float | None:
        if state is not RunState.RUNNING:
            self._sent.pop(row.number, None)
            return None
        now = self._clock.monotonic()
        with self._lock:
            points = self._sent.setdefault(row.number, deque())
            points.append((now, row.tally.moved))
            while now - points[0][0] > RATE_S:
                points.popleft()
            seconds = now - points[0][0]
            return (row.tally.moved - points[0][1]) / seconds if seconds > EVERY_S else None


def _state(row: RunRow, *, at_work: bool) -> tuple[RunState, str]:
    if row.state.over or row.state in {RunState.PAUSED, RunState.STOPPED}:
        return row.state, row.reason
    if not at_work:
        return RunState.CUT, "the program that worked on it ended"
    if row.wish == "pause" and row.state is RunState.RUNNING:
        return RunState.PAUSED, "pausing"
    return row.state, row.reason
