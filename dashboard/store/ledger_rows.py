"""The rows of the ledger as values: a run's setup and state, an item, how it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from adapters.api import Environment, Fate, Original
from dashboard.core.connections import Connection
from dashboard.core.letters import SourceKey
from dashboard.core.runs import Pace, Rules, RunKind, RunState, Tally, run_name

PLANNED, SENDING, MOVED, KEPT, GONE, UNKNOWN = range(6)
WORDS = ("planned", "sending", "moved", "kept", "gone", "unknown")
FATE_STATE = {Fate.MOVED: MOVED, Fate.KEPT: KEPT, Fate.GONE: GONE, Fate.UNKNOWN: UNKNOWN}


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run needs to go on by itself, in any process, after any crash; without secrets.

    `literal_secret`: the secret was given in the URL, so it must be given again. `blind`: the failing side drops our
    headers, so returns cannot be recognised.
    """

    id: str
    kind: RunKind
    connection: Connection
    source: str
    incarnation: str | None
    target_connection: Connection
    targets: tuple[str, ...]
    where: str
    rules: Rules
    archived: bool = True
    upto: str | None = None
    literal_secret: bool = False
    blind: bool = False


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run as it stands in the file; `state` as written, not yet derived from its lock."""

    number: int
    setup: Setup
    state: RunState
    reason: str
    pace: Pace
    marks: Mapping[str, str]
    since: str | None
    wish: str
    canary: str
    rest_confirmed: bool
    archive: str | None
    owner: str
    opened: float
    closed: float | None
    seconds: float
    place: int
    tally: Tally = field(default_factory=lambda: Tally(0))

    @property
    def name(self) -> str:
        """As it is shown: R-0148."""
        return run_name(self.number)


@dataclass(frozen=True, slots=True)
class Item:
    """One message of a run. `copied` is the durable step between confirm and removal."""

    n: int
    key: str
    nth: int
    twins: int
    digest: bytes
    target: str | None
    size: int = 0
    state: int = PLANNED
    copied: bool = False
    copy: str | None = None
    sent: int = 0
    sent_at: float | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """How an item ends."""

    n: int
    state: int
    original: Original | None = None
    copy: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Copied:
    """That an item's copy is safe; a known duplicate does not count as sent once more."""

    n: int
    copy: str | None
    duplicate: bool = False


class _Options(msgspec.Struct):
    name: str
    kind: str
    url: str
    options: dict[str, str]
    environment: str
    read_only: bool
    saved: bool


class _Setup(msgspec.Struct):
    id: str
    kind: str
    connection: _Options
    source: str
    incarnation: str | None
    target_connection: _Options
    targets: list[str]
    where: str
    drop_failure_headers: bool
    most: int
    archived: bool
    upto: str | None
    literal_secret: bool
    blind: bool


def encode_setup(setup: Setup) -> bytes:
    """As JSON for the file."""
    return msgspec.json.encode(
        _Setup(
            id=setup.id,
            kind=setup.kind,
            connection=_plain(setup.connection),
            source=setup.source,
            incarnation=setup.incarnation,
            target_connection=_plain(setup.target_connection),
            targets=list(setup.targets),
            where=setup.where,
            drop_failure_headers=setup.rules.drop_failure_headers,
            most=setup.rules.most,
            archived=setup.archived,
            upto=setup.upto,
            literal_secret=setup.literal_secret,
            blind=setup.blind,
        )
    )


def decode_setup(data: bytes) -> Setup:
    """From the file."""
    raw = msgspec.json.decode(data, type=_Setup)
    kinds: dict[str, RunKind] = {"redrive": "redrive", "purge": "purge", "restore": "restore"}
    return Setup(
        id=raw.id,
        kind=kinds[raw.kind],
        connection=_rich(raw.connection),
        source=raw.source,
        incarnation=raw.incarnation,
        target_connection=_rich(raw.target_connection),
        targets=tuple(raw.targets),
        where=raw.where,
        rules=Rules(drop_failure_headers=raw.drop_failure_headers, most=raw.most),
        archived=raw.archived,
        upto=raw.upto,
        literal_secret=raw.literal_secret,
        blind=raw.blind,
    )


def _plain(connection: Connection) -> _Options:
    return _Options(
        connection.name,
        connection.kind,
        connection.url,
        dict(connection.options),
        connection.environment.value,
        connection.read_only,
        connection.saved,
    )


def _rich(raw: _Options) -> Connection:
    return Connection(
        name=raw.name,
        kind=raw.kind,
        url=raw.url,
        options=raw.options,
        environment=Environment(raw.environment),
        read_only=raw.read_only,
        saved=raw.saved,
    )


def source_key(row: RunRow) -> SourceKey:
    """The source a run takes from."""
    return SourceKey(row.setup.connection.name, row.setup.source)
