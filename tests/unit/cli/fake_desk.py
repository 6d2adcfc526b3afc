"""A desk in memory: what the commands ask of the engine, with every answer set by the test."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from adapters.api import (
    AdapterInfo,
    ConfigError,
    Denied,
    Environment,
    Guarantee,
    Header,
    Measure,
    MessageRef,
    NotFound,
    Payload,
    RedriveError,
    Secret,
    Traits,
)
from dashboard.core.connections import Answer, Connection, ConnectionView, TestFinding, TestResult
from dashboard.core.fleet import FleetRow, FleetSnapshot, ResourceKey, SeriesData
from dashboard.core.letters import (
    CauseGroup,
    Failure,
    InboxRow,
    LetterDetail,
    LetterPage,
    LetterRow,
    SnapshotInfo,
    SourceKey,
    SourceView,
)
from dashboard.core.runs import (
    GUARANTEES,
    ArchiveView,
    Decision,
    Draft,
    JournalEntry,
    LedgerPage,
    LedgerRow,
    Pace,
    Plan,
    PlanTarget,
    RunState,
    RunView,
    Tally,
)

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def letter(
    n: int, body: bytes = b"{}", *headers: Header, title: str = "ValueError: bad field"
) -> LetterDetail:
    """Dead letter number `n`, under key 100 + n."""
    row = LetterRow(
        n=n,
        ref=MessageRef(str(100 + n), 0, bytes(16)),
        at=AT,
        cause="c-1",
        title=title,
        reason="bad field 7",
        origin="ORDERS",
        target="orders.new",
        attempts=5,
        size=len(body),
        trace_id=None,
        address="dlq.orders",
        redriven=0,
    )
    return LetterDetail(
        row, Payload(body, headers), Failure("ValueError", "bad field 7", convention="x-exception")
    )


def view_of(number: int, state: RunState, tally: Tally, *, kind: str = "redrive", **more: object) -> RunView:
    """A run of the source DLQ on `shop`."""
    made = RunView(
        id=f"id-{number}",
        number=number,
        kind="redrive",
        state=state,
        source=SourceKey("shop", "DLQ"),
        targets=("orders.new",),
        tally=tally,
        pace=Pace(),
        opened=AT,
        closed=None,
        seconds=1.5,
    )
    return replace(made, kind=kind, **more)  # type: ignore[arg-type]


def answers(*, good: bool) -> TestResult:
    """The end of a connection's test."""
    headline = "Answers." if good else "No answer."
    finding = TestFinding("Watch", "yes" if good else "no", good, "", "" if good else "Start the broker.")
    return TestResult(good, headline, (finding,), 0.01)


@dataclass
class FakeDesk:
    """A desk whose lists and errors a test sets; `calls` holds what was asked of it."""

    known: list[Connection] = field(default_factory=list)
    letters: list[LetterDetail] = field(default_factory=list)
    rows: list[FleetRow] = field(default_factory=list)
    causes: tuple[CauseGroup, ...] = ()
    traits: Traits = field(default_factory=Traits)
    price: str = ""
    snapshot: SnapshotInfo | None = None
    ledger_rows: list[LedgerRow] = field(default_factory=list)
    story: list[RunView] = field(default_factory=list)
    all_runs: list[RunView] = field(default_factory=list)
    all_archives: list[ArchiveView] = field(default_factory=list)
    plan_change: dict[str, object] = field(default_factory=dict)
    fail: dict[str, RedriveError] = field(default_factory=dict)
    keyring: str | None = "test keyring"
    test_result: TestResult = field(default_factory=lambda: answers(good=True))
    calls: list[tuple[str, object]] = field(default_factory=list)
    secrets: dict[str, Mapping[str, Secret]] = field(default_factory=dict)

    def _called(self, name: str, what: object = None) -> None:
        self.calls.append((name, what))
        if name in self.fail:
            raise self.fail[name]

    def called(self, name: str) -> list[object]:
        """The arguments of every call of that name."""
        return [what for made, what in self.calls if made == name]

    def kinds(self) -> Sequence[AdapterInfo]:
        return ()

    async def connections(self) -> Sequence[ConnectionView]:
        self._called("connections")
        return [ConnectionView(connection, Answer.ANSWERS, AT) for connection in self.known]

    async def try_connection(self, connection: Connection, secrets: Mapping[str, Secret]) -> TestResult:
        self._called("try_connection", connection)
        self.secrets[connection.name] = secrets
        return self.test_result

    async def save_connection(self, connection: Connection, secrets: Mapping[str, Secret]) -> None:
        self._called("save_connection", connection)
        self.secrets[connection.name] = secrets
        self.known = [item for item in self.known if item.name != connection.name] + [connection]

    async def forget_connection(self, name: str) -> None:
        self._called("forget_connection", name)
        self.known = [item for item in self.known if item.name != name]

    async def keyring_name(self) -> str | None:
        return self.keyring

    async def fleet(self) -> FleetSnapshot:
        return FleetSnapshot(AT, rows=tuple(self.rows))

    async def sweep(self, connections: Sequence[str]) -> FleetSnapshot:
        self._called("sweep", list(connections))
        rows = [replace(row, key=ResourceKey(connections[0], row.key.name)) for row in self.rows]
        return FleetSnapshot(AT, rows=tuple(rows))

    async def series(
        self, key: ResourceKey, measures: Sequence[Measure], since: float
    ) -> Sequence[SeriesData]:
        return ()

    async def inbox(self) -> Sequence[InboxRow]:
        return ()

    async def source(self, key: SourceKey) -> SourceView:
        self._called("source", key)
        return SourceView(key, self.traits, self.snapshot, len(self.letters), self.price, self.causes)

    async def read(self, key: SourceKey, limit: int | None = None) -> SnapshotInfo:
        self._called("read", key)
        self.snapshot = SnapshotInfo(1, key, None, AT, len(self.letters), complete=True)
        return self.snapshot

    async def stop_reading(self, key: SourceKey) -> None:
        self._called("stop_reading", key)

    async def page(
        self, snapshot: int, where: str, *, order: str = "", descending: bool = False, offset: int, limit: int
    ) -> LetterPage:
        self._called("page", where)
        rows = [detail.row for detail in self.letters]
        return LetterPage(len(rows), offset, tuple(rows[offset : offset + limit]))

    async def groups(self, snapshot: int, where: str = "") -> Sequence[CauseGroup]:
        self._called("groups", where)
        return self.causes

    async def find(self, snapshot: int, keys: Collection[str]) -> Sequence[LetterRow]:
        return [detail.row for detail in self.letters if detail.row.ref.key in keys]

    async def letter(self, snapshot: int, n: int) -> LetterDetail:
        return self.letters[n - 1]

    async def plan(self, draft: Draft) -> Plan:
        self._called("plan", draft)
        chosen = len(draft.selection.ids) or len(self.letters)
        made = Plan(
            draft=draft,
            source=draft.selection.source,
            read_at=AT,
            frozen=chosen,
            sent=chosen,
            kept_before=0,
            kept_why="",
            targets=(PlanTarget(draft.to or "orders.new", chosen, "the header x-origin"),),
            guarantee=Guarantee.AT_LEAST_ONCE,
            guarantee_words=GUARANTEES[Guarantee.AT_LEAST_ONCE],
            warnings=(),
            checks=(),
            side_effects=("The target grows.",),
            others=0,
            bytes=10,
            seconds=None,
            redriven_before=0,
            typed=None,
            headline="",
        )
        return replace(made, **self.plan_change)  # type: ignore[arg-type]

    async def confirm(self, plan: Plan, typed: str, *, rest_too: bool = False) -> RunView:
        self._called("confirm", (typed, rest_too))
        if plan.typed is not None and typed != plan.typed:
            raise Denied("That is not the name.", hint=f"Type {plan.typed}.")
        return self._next()

    def _next(self) -> RunView:
        return self.story.pop(0) if len(self.story) > 1 else self.story[0]

    async def runs(self) -> Sequence[RunView]:
        return self.all_runs

    async def run(self, run: str) -> RunView:
        self._called("run", run)
        if not self.story:
            raise NotFound(f"There is no run {run}.", hint="redrive runs ls shows them.")
        return self._next()

    async def ledger(self, run: str, outcome: str, *, offset: int, limit: int) -> LedgerPage:
        rows = [row for row in self.ledger_rows if outcome in {"", row.outcome}]
        return LedgerPage(len(rows), offset, tuple(rows[offset : offset + limit]))

    async def pause(self, run: str) -> None:
        self._called("pause", run)

    async def resume(self, run: str, typed: str = "") -> RunView:
        self._called("resume", typed)
        return self._next()

    async def set_pace(self, run: str, pace: Pace) -> None:
        self._called("set_pace", pace)

    async def cancel(self, run: str) -> None:
        self._called("cancel", run)

    async def decide(self, run: str, act: Decision) -> RunView:
        self._called("decide", (run, act))
        return await self.run(run)

    async def archives(self) -> Sequence[ArchiveView]:
        return self.all_archives

    async def restore_plan(self, archive: str, to: str | None, connection: str | None) -> Plan:
        self._called("restore_plan", (archive, to, connection))
        raise ConfigError(f"There is no archive {archive}.")

    async def journal(self, *, offset: int, limit: int, where: str = "") -> Sequence[JournalEntry]:
        return ()


SHOP = Connection(
    "shop", "nats", "nats://127.0.0.1:4222", environment=Environment.DEVELOPMENT, read_only=False
)
