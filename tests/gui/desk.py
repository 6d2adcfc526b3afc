"""A small engine for the window's tests: a made-up shop at a fixed moment, no broker and no clock."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from adapters.api import (
    AdapterInfo,
    ConnectError,
    Environment,
    FieldSpec,
    Measure,
    RedriveError,
    Resource,
    Secret,
)
from dashboard.core.connections import Answer, Connection, ConnectionView, TestFinding, TestResult
from dashboard.core.desk import Desk
from dashboard.core.fleet import FleetRow, FleetSnapshot, Need, ResourceKey, SeriesData, Verdict
from dashboard.core.runs import JournalEntry

NOW = datetime(2026, 11, 24, 9, 58, 14, tzinfo=UTC)

NATS = AdapterInfo(
    kind="nats",
    title="NATS JetStream",
    icon="radio",
    schemes=("nats", "tls"),
    factory="tests.gui.desk:FakeDesk",
    fields=(
        FieldSpec("url", "Address", placeholder="nats://host:4222", required=True),
        FieldSpec("user", "User"),
        FieldSpec("password", "Password", kind="secret", help="Kept in the keyring, never in a file."),
        FieldSpec("creds", "Credentials file", kind="path", rare=True),
        FieldSpec("monitoring", "Monitoring URL", placeholder="http://host:8222", rare=True),
        FieldSpec("tls_verify", "Verify the certificate", kind="flag", default="true", rare=True),
    ),
    capabilities=(("Watch depth", "yes"),),
    example="nats://127.0.0.1:4222",
    default_port=4222,
)

NAN = math.nan


def connection(name: str, environment: Environment, *, read_only: bool = False) -> Connection:
    return Connection(name, "nats", f"nats://{name}:4222", {}, environment, read_only)


def view(
    name: str, environment: Environment, answer: Answer = Answer.ANSWERS, *, read_only: bool = False
) -> ConnectionView:
    trouble = "Connection refused." if answer is Answer.DISCONNECTED else ""
    return ConnectionView(
        connection(name, environment, read_only=read_only),
        answer,
        NOW - timedelta(minutes=17),
        server="nats-server 2.12",
        trouble=trouble,
        sources=18,
        next_try=NOW + timedelta(seconds=26) if trouble else None,
    )


def row(
    name: str,
    depth: float,
    *,
    at: str = "orders",
    environment: Environment = Environment.PRODUCTION,
    verdict: Verdict = Verdict.STEADY,
    need: Need = Need.HEALTHY,
    change: float = 0.0,
    rates: tuple[float, float] = (12.0, 12.0),
    dead: float | None = None,
    stale: bool = False,
    kind: str = "stream",
    gap: bool = False,
) -> FleetRow:
    wave = [max(depth - change * (39 - i) / 39 + math.sin(i / 3) * depth / 60, 0) for i in range(40)]
    if gap:
        wave[12:17] = [NAN] * 5
    values = {
        Measure.DEPTH: depth,
        Measure.IN_RATE: rates[0],
        Measure.OUT_RATE: rates[1],
        Measure.CONSUMERS: 4.0 if kind != "stream" else NAN,
        Measure.OLDEST_AGE_S: 447.0 if depth else NAN,
        Measure.IN_FLIGHT: 12.0 if kind == "consumer" else NAN,
    }
    return FleetRow(
        key=ResourceKey(at, name),
        resource=Resource(name, kind, icon="radio" if kind == "stream" else "split"),
        environment=environment,
        values=values,
        why={Measure.CONSUMERS: "a stream has no consumers of its own"} if kind == "stream" else {},
        approximate=frozenset(),
        change=change,
        spark=tuple(wave) if not math.isnan(depth) else (),
        samples=3 if math.isnan(depth) else 60,
        verdict=verdict,
        verdict_why="takes in 51 a second more than it lets out" if verdict is Verdict.GROWING else "",
        need=need,
        dead=dead,
        at=NOW - timedelta(seconds=250 if stale else 2),
        age_s=250.0 if stale else 2.0,
        stale=stale,
    )


def fleet() -> FleetSnapshot:
    staging = Environment.STAGING
    rows = (
        row(
            "ORDERS/payment-capture",
            184_212,
            verdict=Verdict.GROWING,
            need=Need.ATTENTION,
            change=42_310,
            rates=(412, 361),
            dead=744_477,
            kind="consumer",
            gap=True,
        ),
        row(
            "SHIPPING/labels",
            2_790,
            verdict=Verdict.STOPPED,
            need=Need.ATTENTION,
            change=2_790,
            rates=(3.1, 0),
            kind="consumer",
        ),
        row("AUDIT", NAN, verdict=Verdict.NOT_KNOWN, need=Need.NOT_KNOWN, change=NAN, rates=(NAN, NAN)),
        row("MAIL", 8_120, at="mail", verdict=Verdict.STALE, need=Need.NOT_KNOWN, stale=True),
        row(
            "SEARCH/indexer",
            8_214,
            verdict=Verdict.DRAINING,
            change=-12_480,
            rates=(640, 654),
            dead=0,
            kind="consumer",
        ),
        row("LOYALTY/points", 5_640, change=44, rates=(188, 188), dead=0, kind="consumer"),
        row("SESSIONS", 1_204, at="staging", environment=staging, change=-61, rates=(96, 96.1), dead=7),
        row("TELEMETRY", 412, change=9, rates=(2410, 2410)),
        row("REFUNDS", 0, verdict=Verdict.EMPTY, rates=(0, 0)),
    )
    return FleetSnapshot(
        at=NOW,
        connections=(
            view("orders", Environment.PRODUCTION),
            view("payments", Environment.PRODUCTION, read_only=True),
            view("mail", Environment.PRODUCTION, Answer.STALE),
            view("staging", staging),
            view("staging-old", staging, Answer.DISCONNECTED),
            view("127.0.0.1:4222", Environment.DEVELOPMENT),
        ),
        rows=rows,
        headline="Two sources need attention",
        detail="ORDERS/payment-capture takes in 51 a second more than it lets out.",
    )


def series(key: ResourceKey, measures: Sequence[Measure], since: float) -> list[SeriesData]:
    now = NOW.timestamp()
    times = tuple(since + i * (now - since) / 600 for i in range(601))
    gap = (times[60], times[90])
    found = []
    for measure in measures:
        base = {
            Measure.DEPTH: 140_000,
            Measure.IN_RATE: 412,
            Measure.OUT_RATE: 380,
            Measure.OLDEST_AGE_S: 300,
        }.get(measure, 10)
        values = tuple(
            NAN
            if gap[0] <= time <= gap[1]
            else base * (0.8 + 0.0004 * i) + math.sin(i * 1.7 + base) * base / 50
            for i, time in enumerate(times)
        )
        marks = ((times[300], "consumers 8 → 6"),) if measure is Measure.DEPTH else ()
        found.append(SeriesData(key, measure, times, values, (gap,), marks))
    return found


class FakeDesk:
    """The parts of `Desk` that the window's base asks for."""

    def __init__(self) -> None:
        self.saved: list[tuple[Connection, Mapping[str, Secret]]] = []
        self.tried: list[Connection] = []
        self.refuse: RedriveError | None = None
        self.entries = [
            JournalEntry(
                n,
                NOW - timedelta(minutes=230 - n),
                "you",
                "run started",
                f"R-{n:04d} of ORDERS.dead",
                "typed orders",
                "9f31c0a277be10d4",
            )
            for n in range(230, 0, -1)
        ]

    def kinds(self) -> Sequence[AdapterInfo]:
        return (NATS,)

    async def fleet(self) -> FleetSnapshot:
        return fleet()

    async def keyring_name(self) -> str | None:
        return None

    async def series(
        self, key: ResourceKey, measures: Sequence[Measure], since: float
    ) -> Sequence[SeriesData]:
        return series(key, measures, since)

    async def try_connection(self, connection: Connection, secrets: Mapping[str, Secret]) -> TestResult:
        self.tried.append(connection)
        if self.refuse is not None:
            raise self.refuse
        return TestResult(
            ok=True,
            headline="nats-server 2.12, 7 streams, 2 dead-letter sources",
            findings=(
                TestFinding("Watch depth and rates", "yes", True, "One request every 5 s."),
                TestFinding(
                    "Redrive", "when unlocked", True, "At least once. Each is confirmed before it is removed."
                ),
                TestFinding(
                    "Consumer names",
                    "no permission",
                    False,
                    "The account may not list consumers.",
                    "nsc edit user --allow-pub '$JS.API.CONSUMER.>'",
                ),
                TestFinding("Oldest message", "in part", None, "Known only where senders stamp a time."),
            ),
            took_s=1.4,
        )

    async def save_connection(self, connection: Connection, secrets: Mapping[str, Secret]) -> None:
        self.saved.append((connection, secrets))

    async def journal(self, *, offset: int, limit: int, where: str = "") -> Sequence[JournalEntry]:
        found = [entry for entry in self.entries if where in entry.what]
        return found[offset : offset + limit]


Call = Callable[[Desk], Awaitable[object]]


def unreachable() -> ConnectError:
    return ConnectError("orders:4222 cannot be reached.", hint="Check the address.")
