"""Dead letters as the program knows them once read: rows, groups, details, and what a person selected."""

from dataclasses import dataclass
from datetime import datetime

from adapters.api import Gone, MessageRef, Payload, Traits


@dataclass(frozen=True, slots=True)
class SourceKey:
    """A dead-letter source of a connection."""

    connection: str
    source: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message died, read from its headers or from the broker.

    `exception` is the type ("ValidationError"), `message` the text as written, `stack` as written; `convention` names
    where it was read ("x-exception"); `header_names` are the headers it stands in; `origin` is where it failed;
    `target` is where a redrive goes by default, and `target_from` says who told that (a header's name, "the broker").
    """

    exception: str
    message: str
    stack: str = ""
    convention: str = ""
    header_names: tuple[str, ...] = ()
    origin: str | None = None
    attempts: int | None = None
    at: datetime | None = None
    target: str | None = None
    target_from: str = ""


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """One reading of a source, kept in `dead.db`.

    `count` messages were read at `read_at`; `complete` when that was all; `end` is the adapter's mark. `reading` while
    it goes on, of `expected` (None: not told); `failed` says why it ended early.
    """

    id: int
    source: SourceKey
    incarnation: str | None
    read_at: datetime
    count: int
    complete: bool
    end: str | None = None
    reading: bool = False
    expected: int | None = None
    failed: str = ""
    looks_left: int | None = None


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One dead letter in a table: `n` is its number in the snapshot, from 1, in the source's order."""

    n: int
    ref: MessageRef
    at: datetime | None
    cause: str
    title: str
    reason: str
    origin: str | None
    target: str | None
    attempts: int | None
    size: int
    trace_id: str | None
    address: str
    redriven: int


@dataclass(frozen=True, slots=True)
class LetterDetail:
    """One dead letter whole: bytes, headers, failure."""

    row: LetterRow
    payload: Payload | Gone
    failure: Failure


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """Dead letters of one cause: `cause` is its stable id, `title` its words, `hours` counts of the last 24 hours."""

    cause: str
    title: str
    exception: str
    count: int
    first_at: datetime | None
    last_at: datetime | None
    hours: tuple[int, ...] = ()
    sample: str = ""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One line of the inbox: a cause of a source, or (`group` None) a source that was not read.

    `waiting` is the broker's own count, None where it is unknown; `price` says what a look costs, empty when free.
    """

    source: SourceKey
    group: CauseGroup | None
    waiting: int | None
    price: str
    readable: bool
    read_at: datetime | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a person chose: all that match `where` in a snapshot, less the `excluded` row numbers.

    `ids` narrows to message keys (from `--ids`); empty means all that match.
    """

    source: SourceKey
    snapshot: int
    where: str = ""
    excluded: frozenset[int] = frozenset()
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Chosen:
    """One selected message as a plan freezes it.

    `target` is its own origin's target, None where that is not known; `target_from` says who told it. `size` is its body in bytes. `twins` counts the
    messages of its look with the same key, itself included. `bare`: it has no header but those that say why it died,
    as if the failing side passed none on; None where nobody looked.
    """

    n: int
    ref: MessageRef
    target: str | None
    size: int
    redriven: int = 0
    twins: int = 1
    bare: bool | None = None
    target_from: str = ""


@dataclass(frozen=True, slots=True)
class LetterPage:
    """A page of rows: `total` match, `rows` begin at `offset` in the snapshot's order for that query."""

    total: int
    offset: int
    rows: tuple[LetterRow, ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source with its last reading, what a look costs, and what the broker counts now."""

    key: SourceKey
    traits: Traits
    snapshot: SnapshotInfo | None
    waiting: int | None
    price: str
    groups: tuple[CauseGroup, ...] = ()
