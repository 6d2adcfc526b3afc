"""One source as the window follows it: its view, the reading it shows, pages and single letters."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from adapters.api import RedriveError
from dashboard.bridge.commands import Handle
from dashboard.bridge.letters import OpenedLetter, opened_letter
from dashboard.core.letters import LetterPage, LetterRow, SnapshotInfo, SourceKey, SourceView
from dashboard.ui.bench import Bench
from dashboard.ui.tables.paged import Take


class SourceControl(QObject):
    """`viewed(view)` on every news; `replaced()` when another reading is shown than before; `failed(error)`.

    A newer reading replaces the shown one by itself only while nothing depends on the old one: `hold` says that
    something does, and then it waits in `newer`.
    """

    viewed = Signal(object)
    replaced = Signal()
    failed = Signal(object)
    refused = Signal(object)

    def __init__(self, bench: Bench, hold: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._hold = hold
        self._letter: Handle[OpenedLetter] | None = None
        self._asked = False
        self.key: SourceKey | None = None
        self.view: SourceView | None = None
        self.snapshot: SnapshotInfo | None = None
        self.newer: SourceView | None = None
        self.where = ""
        self.order = ""
        self.descending = False
        bench.bridge.news.connect(self._news)

    def open(self, key: SourceKey) -> None:
        """Follows another source, or asks again for the present one."""
        if key != self.key:
            self.key, self.view, self.snapshot, self.newer = key, None, None, None
            self.replaced.emit()
        self._bench.commands.ask(
            self, lambda desk: desk.source(key), lambda view: self._take(key, view), self._fail
        )

    def read(self, limit: int | None = None) -> None:
        """Reads afresh; what comes replaces what is shown, for it was asked for."""
        key = self.key
        if key is None:
            return
        self.newer = None
        self._asked = True
        self._bench.commands.ask(
            self, lambda desk: desk.read(key, limit), lambda _: self.open(key), self._refuse
        )

    def stop(self) -> None:
        """Stops the reading; what was read stays."""
        key = self.key
        if key is not None:
            self._bench.commands.ask(self, lambda desk: desk.stop_reading(key), lambda _: None, self._refuse)

    def show_newer(self) -> None:
        """Shows the newer reading that waits."""
        if self.newer is not None:
            view, self.newer = self.newer, None
            self._show(view)

    def fetch(self, offset: int, limit: int, take: Take) -> None:
        """A page of the shown reading, for the table."""
        snapshot, where, order, descending = self.snapshot, self.where, self.order, self.descending
        if snapshot is None:
            return

        def came(page: LetterPage) -> None:
            take(page.total, page.rows)

        self._bench.commands.ask(
            self,
            lambda desk: desk.page(
                snapshot.id, where, order=order, descending=descending, offset=offset, limit=limit
            ),
            came,
            self._refuse,
        )

    def letter(self, row: LetterRow, done: Callable[[OpenedLetter], None]) -> None:
        """One letter whole; an older question of this kind is dropped."""
        snapshot = self.snapshot
        if self._letter is not None:
            self._letter.cancel()
        if snapshot is not None:
            self._letter = self._bench.commands.ask(
                self, lambda desk: opened_letter(desk, snapshot.id, row.n), done, self._refuse
            )

    def _news(self, key: object, value: object) -> None:
        if isinstance(value, SourceView) and self.key is not None and key == ("source", self.key):
            self._take(self.key, value)

    def _take(self, key: SourceKey, view: SourceView) -> None:
        if key != self.key:
            return
        shown, new = self.snapshot, view.snapshot
        other = shown is not None and new is not None and new.id != shown.id
        if other and not self._asked and self._hold():
            self.newer = view
            if self.view is not None:
                self.viewed.emit(self.view)
            return
        if new is not None and not new.reading:
            self._asked = False
        self._show(view)

    def _show(self, view: SourceView) -> None:
        before = self.snapshot.id if self.snapshot is not None else None
        self.view, self.snapshot = view, view.snapshot
        after = view.snapshot.id if view.snapshot is not None else None
        if before != after:
            self.replaced.emit()
        self.viewed.emit(view)

    def _fail(self, error: RedriveError) -> None:
        self.failed.emit(error)

    def _refuse(self, error: RedriveError) -> None:
        self.refused.emit(error)
