"""The engine as the window and the command line see it: what can be asked, and what is told unasked."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from adapters.api import AdapterInfo, Measure, Secret
from dashboard.core.connections import Connection, ConnectionView, TestResult
from dashboard.core.fleet import FleetSnapshot, ResourceKey, SeriesData
from dashboard.core.letters import (
    CauseGroup,
    InboxRow,
    LetterDetail,
    LetterPage,
    LetterRow,
    SnapshotInfo,
    SourceKey,
    SourceView,
)
from dashboard.core.runs import ArchiveView, Decision, Draft, JournalEntry, LedgerPage, Pace, Plan, RunView


class Desk(Protocol):
    """All that a person can do; every call runs on the engine's loop and raises errors of `adapters.api`.

    News comes through the mailbox under these keys, latest value only: "fleet" → FleetSnapshot,
    ("source", SourceKey) → SourceView, ("run", id) → RunView, "runs" → tuple[RunView, ...] (newest first),
    "inbox" → tuple[InboxRow, ...], "journal" → None (something was added).
    """

    # Connections
    def kinds(self) -> Sequence[AdapterInfo]:
        """The installed kinds."""
        ...

    async def connections(self) -> Sequence[ConnectionView]:
        """All connections of the workspace and of this session."""
        ...

    async def try_connection(self, connection: Connection, secrets: Mapping[str, Secret]) -> TestResult:
        """Opens and closes a connection that need not be saved; changes nothing."""
        ...

    async def save_connection(self, connection: Connection, secrets: Mapping[str, Secret]) -> None:
        """Saves (secrets into the keyring, or for this session where there is none) and starts to watch."""
        ...

    async def forget_connection(self, name: str) -> None:
        """Removes a connection, its secrets and what was read from it."""
        ...

    async def keyring_name(self) -> str | None:
        """The keyring in use; None where there is none and secrets are asked for each session."""
        ...

    # Watch
    async def fleet(self) -> FleetSnapshot:
        """The present snapshot."""
        ...

    async def sweep(self, connections: Sequence[str]) -> FleetSnapshot:
        """Reads these connections once, now, whether or not they are watched; the snapshot holds them alone.

        Raises the error of the first that does not answer.
        """
        ...

    async def series(
        self, key: ResourceKey, measures: Sequence[Measure], since: float
    ) -> Sequence[SeriesData]:
        """Past values since the unix time `since`, ring and history together, one a measure."""
        ...

    # Dead letters
    async def inbox(self) -> Sequence[InboxRow]:
        """Causes over all sources; reads nothing that costs."""
        ...

    async def source(self, key: SourceKey) -> SourceView:
        """A source with its last snapshot; a free look is taken when there is none yet."""
        ...

    async def read(self, key: SourceKey, limit: int | None = None) -> SnapshotInfo:
        """Reads the source afresh (one pass) into a new snapshot; progress comes as ("source", key)."""
        ...

    async def stop_reading(self, key: SourceKey) -> None:
        """Stops a reading; what was read stays, marked incomplete."""
        ...

    async def page(
        self, snapshot: int, where: str, *, order: str = "", descending: bool = False, offset: int, limit: int
    ) -> LetterPage:
        """Rows that match; raises `ConfigError` with the place for a query that cannot be read."""
        ...

    async def groups(self, snapshot: int, where: str = "") -> Sequence[CauseGroup]:
        """The causes of what matches, most messages first; raises `ConfigError` as `page` does."""
        ...

    async def find(self, snapshot: int, keys: Collection[str]) -> Sequence[LetterRow]:
        """Rows whose message has one of these keys, in the source's order; several of one key only for twins."""
        ...

    async def letter(self, snapshot: int, n: int) -> LetterDetail:
        """One dead letter whole."""
        ...

    # Plans and runs
    async def plan(self, draft: Draft) -> Plan:
        """What the draft would do; changes nothing."""
        ...

    async def confirm(self, plan: Plan, typed: str, *, rest_too: bool = False) -> RunView:
        """Freezes the set and starts the run; raises `Denied` where `typed` is not what is asked.

        `rest_too`: what is typed holds for the rest as well, once the canary has stayed.
        """
        ...

    async def runs(self) -> Sequence[RunView]:
        """All runs, newest first."""
        ...

    async def run(self, run: str) -> RunView:
        """One run by id or by R-number."""
        ...

    async def ledger(self, run: str, outcome: str, *, offset: int, limit: int) -> LedgerPage:
        """Rows of a run; outcome empty for all."""
        ...

    async def pause(self, run: str) -> None:
        """Asks the runner, in whichever process, to pause."""
        ...

    async def resume(self, run: str, typed: str = "") -> RunView:
        """Goes on with a paused, stopped or cut run; after a canary in production `typed` is asked again."""
        ...

    async def set_pace(self, run: str, pace: Pace) -> None:
        """Changes rate or brake of a run, also of one in another process."""
        ...

    async def cancel(self, run: str) -> None:
        """What is not sent stays: kept, "cancelled"."""
        ...

    async def decide(self, run: str, act: Decision) -> RunView:
        """What a person wants of a resting run's unknown messages; raises `Denied` while it is at work.

        look: ask source and target again. again: send them, which may make a second copy. leave: they stay unknown,
        and another run may take them.
        """
        ...

    async def archives(self) -> Sequence[ArchiveView]:
        """All archives, newest first."""
        ...

    async def restore_plan(self, archive: str, to: str | None, connection: str | None) -> Plan:
        """What a restore would do: by default back to the source the archive came from."""
        ...

    async def journal(self, *, offset: int, limit: int, where: str = "") -> Sequence[JournalEntry]:
        """Audit entries, newest first."""
        ...


MailKey = str | tuple[str, object]
Wake = Callable[[], None]
