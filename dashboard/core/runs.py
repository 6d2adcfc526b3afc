"""A plan and a run as the program shows them; the numbers always add up to the frozen count."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal

from adapters.api import Guarantee, Original
from dashboard.core.letters import Selection, SourceKey

RunKind = Literal["redrive", "purge", "restore"]
Decision = Literal["look", "again", "leave"]


class RunState(Enum):
    """Where a run is. CUT is derived: it says it is active, and nobody holds its lock."""

    FROZEN = "frozen"
    RUNNING = "running"
    WATCHING = "watching"
    HELD = "held"
    PAUSED = "paused"
    STOPPED = "stopped"
    CUT = "cut"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self in {RunState.DONE, RunState.CANCELLED}

    @property
    def active(self) -> bool:
        """Whether a living process works on it."""
        return self in {RunState.RUNNING, RunState.WATCHING, RunState.HELD}


@dataclass(frozen=True, slots=True)
class Pace:
    """How a run goes: messages a second (None: no limit), canary, its watch, and the brake's share in percent."""

    rate: float | None = None
    canary: int = 0
    watch_s: float = 0.0
    brake_percent: float = 20.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What is changed on the way: own headers are always added; failure headers stay unless dropped.

    `most` is the count limit of the loop guard: a message redriven so often is kept.
    """

    drop_failure_headers: bool = False
    most: int = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person wants done. `to` None: each to its own origin."""

    kind: RunKind
    selection: Selection
    to: str | None = None
    to_connection: str | None = None
    pace: Pace = Pace()
    rules: Rules = Rules()
    archive: bool = True


@dataclass(frozen=True, slots=True)
class PlanTarget:
    """One target of a plan: how many go there, and what the broker says of it."""

    target: str
    count: int
    said_by: str
    blocked: str = ""
    fan_out: tuple[str, ...] = ()
    backlog: int | None = None
    guarantee: Guarantee = Guarantee.AT_LEAST_ONCE
    receipt: str = "none"


@dataclass(frozen=True, slots=True)
class Caution:
    """One caution of a plan. `stop`: the run is refused while it stands."""

    title: str
    text: str
    stop: bool = False
    remedy: str = ""

    @property
    def sentences(self) -> str:
        """Title and text as they follow each other on a line."""
        return f"{self.title.rstrip('.')}. {self.text}" if self.text else self.title


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do, before it does it. Nothing is written but the draft.

    frozen = sent + kept_before: what goes, and what is known beforehand to stay. `others` are the source's messages
    that are not chosen; `seconds` is the estimate at the pace.
    """

    draft: Draft
    source: SourceKey
    read_at: datetime
    frozen: int
    sent: int
    kept_before: int
    kept_why: str
    targets: tuple[PlanTarget, ...]
    guarantee: Guarantee
    guarantee_words: str
    warnings: tuple[Caution, ...]
    checks: tuple[str, ...]
    side_effects: tuple[str, ...]
    others: int | None
    bytes: int
    seconds: float | None
    redriven_before: int
    typed: str | None
    headline: str

    @property
    def refused(self) -> bool:
        """Whether a warning forbids the run."""
        return any(warning.stop for warning in self.warnings)


@dataclass(frozen=True, slots=True)
class Tally:
    """Where a run's messages are; the parts add up to `frozen` at every commit.

    `returned` and `left_behind` are parts of `moved`; `copied` is a part of `sending`.
    """

    frozen: int
    planned: int = 0
    sending: int = 0
    copied: int = 0
    moved: int = 0
    kept: int = 0
    gone: int = 0
    unknown: int = 0
    returned: int = 0
    left_behind: int = 0
    twice: int = 0

    @property
    def adds_up(self) -> bool:
        """The invariant of every run."""
        parts = self.planned + self.sending + self.moved + self.kept + self.gone + self.unknown
        return parts == self.frozen


def run_name(number: int) -> str:
    """How a run is shown and asked for: R-0148."""
    return f"R-{number:04d}"


@dataclass(frozen=True, slots=True)
class RunView:
    """A run now. `reason` says why it is held, paused, stopped or cut; `resume` is the command that goes on.

    `at_work`: a process holds its lock; a run that is asked to pause is at work until what it admitted has ended.
    """

    id: str
    number: int
    kind: RunKind
    state: RunState
    source: SourceKey
    targets: tuple[str, ...]
    tally: Tally
    pace: Pace
    opened: datetime
    closed: datetime | None
    seconds: float
    reason: str = ""
    owner: str = ""
    archive: str | None = None
    sent_rate: float | None = None
    environment: str = ""
    typed: str | None = None
    canary_done: bool = False
    at_work: bool = False

    @property
    def name(self) -> str:
        """As it is shown: R-0148."""
        return run_name(self.number)

    @property
    def resume(self) -> str:
        """The command that goes on with it; empty once it is over."""
        return "" if self.state.over else f"redrive runs resume {self.name}"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One message of a run. `outcome` is planned, sending, or a fate; `sent` counts publishes begun."""

    n: int
    key: str
    outcome: str
    original: Original | None
    copy: str | None
    reason: str
    sent: int
    at: datetime | None
    returned: bool = False


def report_line(row: LedgerRow) -> dict[str, str | int | None]:
    """One message of a run's report, as it is written as JSON; `sent` above 1 means sent twice."""
    return {
        "id": row.key,
        "outcome": row.outcome,
        "original": row.original,
        "reason": row.reason,
        "sent": row.sent,
    }


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """A page of a run's ledger: `total` rows of that outcome."""

    total: int
    offset: int
    rows: tuple[LedgerRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """One archive: where it came from, how many it holds, how many were restored, and whether it reads back whole."""

    name: str
    origin: str
    made: datetime
    held: int
    restored: int
    bytes: int
    whole: bool | None = None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the audit journal; `hash` chains it to the one before."""

    id: int
    at: datetime
    who: str
    act: str
    what: str
    detail: str = ""
    hash: str = ""


GUARANTEES: dict[Guarantee, str] = {
    Guarantee.AT_LEAST_ONCE: "At least once. No message is lost. A few may arrive twice.",
    Guarantee.EXACTLY_ONCE: "Exactly once within this cluster.",
    Guarantee.COPY_ONLY: "Copy only. The original stays.",
}
"""The words shown for a guarantee; the adapter supplies which."""
