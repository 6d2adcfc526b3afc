"""The messages of a reading as a plan chooses them."""

from collections.abc import Iterator

from adapters.api import Payload
from dashboard.core.conventions import Conventions
from dashboard.core.letters import Chosen, LetterDetail, Selection, SnapshotInfo
from dashboard.store.dead_letters import SnapshotStore

SAMPLE = 20


class LetterChooser:
    """Chooses from the snapshots of `dead.db`; the first ones are looked at whole, to see which headers survive."""

    def __init__(self, store: SnapshotStore, conventions: Conventions) -> None:
        self._store = store
        self._conventions = conventions

    def info(self, snapshot: int) -> SnapshotInfo:
        """The snapshot; raises `NotFound`."""
        return self._store.info(snapshot)

    def chosen(self, selection: Selection) -> Iterator[Chosen]:
        """The selected messages in the source's order."""
        seen = 0
        for batch in self._store.refs(selection):
            for letter in batch:
                bare = self._bare(selection.snapshot, letter.n) if seen < SAMPLE else None
                seen += 1
                yield Chosen(
                    letter.n, letter.ref, letter.target, letter.size, letter.redriven, letter.twins, bare
                )

    def _bare(self, snapshot: int, n: int) -> bool | None:
        detail = self._store.letter(snapshot, n)
        if not isinstance(detail.payload, Payload) or not detail.payload.headers:
            return None
        return _only_failure(detail)


def _only_failure(detail: LetterDetail) -> bool:
    assert isinstance(detail.payload, Payload)
    of_failure = {name.lower() for name in detail.failure.header_names}
    return all(header.name.lower() in of_failure for header in detail.payload.headers)
