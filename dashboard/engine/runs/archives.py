"""The messages of an archive as a plan chooses them: all that was not restored."""

from collections.abc import Iterator
from datetime import UTC, datetime

from adapters.api import Clock, MessageRef
from dashboard.core.letters import Chosen, Selection, SnapshotInfo, SourceKey
from dashboard.store.archive import ArchiveStore


class ArchiveChooser:
    """A selection's source is the archive's name, its snapshot the archive's number."""

    def __init__(self, archives: ArchiveStore, clock: Clock) -> None:
        self._archives = archives
        self._clock = clock

    def info(self, snapshot: int) -> SnapshotInfo:
        """The archive as it stands; raises `NotFound`."""
        view = self._archives.view(f"A-{snapshot:04d}")
        row = self._archives.row(view.name)
        left = view.held - view.restored
        return SnapshotInfo(
            snapshot,
            SourceKey("archives", view.name),
            str(row.made),
            self._clock.now(),
            left,
            complete=view.whole is not False,
        )

    def chosen(self, selection: Selection) -> Iterator[Chosen]:
        """All that was not restored, in order."""
        name = selection.source.source
        marked = self._archives.marked(name)
        for number, letter in self._archives.letters(name):
            if number not in marked:
                size = len(getattr(letter.payload, "body", b""))
                ref = MessageRef(str(number), 0, letter.ref.digest)
                yield Chosen(number, ref, letter.address or None, size)

    def made(self, name: str) -> datetime:
        """When an archive was begun; raises `NotFound`."""
        return datetime.fromtimestamp(self._archives.row(name).made, UTC)
