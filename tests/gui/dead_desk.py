"""The made-up engine with dead letters, plans and runs; it writes down what it was asked to do."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from adapters.api import Gone, Guarantee, Header, LookEffect, MessageRef, Payload, RedriveError, Traits
from dashboard.core.letters import (
    CauseGroup,
    Failure,
    InboxRow,
    LetterDetail,
    LetterPage,
    LetterRow,
    Selection,
    SnapshotInfo,
    SourceKey,
    SourceView,
)
from dashboard.core.runs import (
    ArchiveView,
    Caution,
    Decision,
    Draft,
    LedgerPage,
    LedgerRow,
    Pace,
    Plan,
    PlanTarget,
    RunState,
    RunView,
    Tally,
)
from dashboard.ui.redrives.words import number_of
from tests.gui.desk import NOW, FakeDesk

DLQ = SourceKey("orders", "ORDERS.dead")
BILLING = SourceKey("payments", "billing.dead")
PRICE = "Each look uses 1 of 20 delivery attempts."
TITLES = ("Currency is not ISO 4217", "Card gateway timed out", "Order not found")
HEADERS = (
    Header("x-exception", b"ValidationError"),
    Header("x-error", b"currency 'EURO' is not an ISO 4217 code"),
    Header("tenant", b"ac\x1bme\xff"),
)


def group(place: int, count: int) -> CauseGroup:
    return CauseGroup(
        f"cause{place}",
        TITLES[place],
        "ValidationError",
        count,
        NOW - timedelta(hours=7),
        NOW - timedelta(minutes=1),
        tuple([0] * 18 + [count // 6] * 6),
        "currency 'EURO' is not an ISO 4217 code",
    )


def letter(n: int) -> LetterRow:
    return LetterRow(
        n=n,
        ref=MessageRef(f"m{n:05d}", 0, b"d"),
        at=NOW - timedelta(seconds=n),
        cause=f"cause{n % 3}",
        title=TITLES[n % 3],
        reason="currency 'EURO' is not an ISO 4217 code",
        origin="payment-capture",
        target="orders.capture",
        attempts=5,
        size=1842,
        trace_id="4bf92f3577b34da6a3ce929d0e0e4736",
        address="dead.orders",
        redriven=0,
    )


def snapshot(count: int, number: int = 1, **parts: object) -> SnapshotInfo:
    whole = SnapshotInfo(number, DLQ, "made", NOW - timedelta(minutes=2), count, complete=True)
    return replace(whole, **parts)  # type: ignore[arg-type]


def view(info: SnapshotInfo | None, waiting: int | None = 1000, price: str = "") -> SourceView:
    effects = frozenset({LookEffect.COUNTS}) if price else frozenset()
    groups = (group(0, 600), group(1, 300), group(2, 100)) if info is not None and info.count else ()
    return SourceView(DLQ, Traits(effects=effects), info, waiting, price, groups)


def run(state: RunState = RunState.RUNNING, **parts: object) -> RunView:
    tally = Tally(frozen=1000, planned=600, sending=4, moved=380, kept=3, unknown=13, returned=12)
    whole = RunView(
        id="r148",
        number=148,
        kind="redrive",
        state=state,
        source=DLQ,
        targets=("orders.capture",),
        tally=tally,
        pace=Pace(50.0, 5, 30.0),
        opened=NOW - timedelta(minutes=9),
        closed=None,
        seconds=540.0,
        owner="you",
        environment="production",
        typed="orders",
        sent_rate=50.0,
        at_work=state.active,
    )
    return replace(whole, **parts)  # type: ignore[arg-type]


CAUTIONS = (
    Caution("The canary waits behind 186,864", "So many messages wait in orders.capture."),
    Caution("3 messages redriven before", "They came back at least once.", remedy="Look at them first."),
)


class DeadDesk(FakeDesk):
    """`done` holds what was asked, in order; `refuse` is raised by the next read or plan."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[tuple[object, ...]] = []
        self.shown: SourceView | RedriveError = view(snapshot(1000))
        self.total = 1000
        self.body: bytes | None = json.dumps(
            {"order_id": "ord_8F2", "amount": {"value": 12990, "currency": "EURO"}}
        ).encode()
        self.cautions: tuple[Caution, ...] = ()
        self.typed: str | None = "orders"
        self.plan_error: RedriveError | None = None
        self.page_error: RedriveError | None = None
        self.inbox_rows = [
            InboxRow(DLQ, group(0, 600), 1000, "", True, NOW - timedelta(minutes=2)),
            InboxRow(DLQ, group(1, 300), 1000, "", True, NOW - timedelta(minutes=2)),
            InboxRow(BILLING, None, 48, PRICE, True, None),
        ]
        self.views = [run()]
        self.shelves = [
            ArchiveView("A-0030", "orders/SHIPPING.dead", NOW - timedelta(days=4), 1904, 0, 90_000, True),
            ArchiveView("A-0029", "orders/REFUNDS.dead", NOW - timedelta(days=5), 120, 120, 9_000, False),
        ]

    async def inbox(self) -> Sequence[InboxRow]:
        return self.inbox_rows

    async def source(self, key: SourceKey) -> SourceView:
        if isinstance(self.shown, RedriveError):
            raise self.shown
        return self.shown

    async def read(self, key: SourceKey, limit: int | None = None) -> SnapshotInfo:
        self.done.append(("read", key, limit))
        info = snapshot(1000, 2)
        self.shown = view(info)
        return info

    async def stop_reading(self, key: SourceKey) -> None:
        self.done.append(("stop", key))

    async def page(
        self, snapshot: int, where: str, *, order: str = "", descending: bool = False, offset: int, limit: int
    ) -> LetterPage:
        if self.page_error is not None:
            raise self.page_error
        total = {"": self.total}.get(where, 0 if "nothing" in where else 600)
        rows = tuple(letter(n) for n in range(offset + 1, min(offset + limit, total) + 1))
        self.done.append(("page", where, order, descending, offset))
        return LetterPage(total, offset, rows)

    async def find(self, snapshot: int, keys: Collection[str]) -> Sequence[LetterRow]:
        return [letter(int(key[1:])) for key in sorted(keys)]

    async def letter(self, snapshot: int, n: int) -> LetterDetail:
        payload = Payload(self.body, HEADERS) if self.body is not None else Gone("the object was deleted")
        failure = Failure(
            "ValidationError",
            "currency 'EURO' is not an ISO 4217 code",
            stack="File capture.py:212 validate_amount\nFile capture.py:96 handle\u202e",
            convention="x-exception",
            header_names=("x-exception", "x-error"),
            attempts=5,
            target="orders.capture",
            target_from="x-death",
        )
        return LetterDetail(letter(n), payload, failure)

    async def plan(self, draft: Draft) -> Plan:
        self.done.append(("plan", draft))
        if self.plan_error is not None:
            raise self.plan_error
        kept = 0 if draft.kind == "purge" else 3
        return Plan(
            draft=draft,
            source=draft.selection.source,
            read_at=NOW - timedelta(minutes=2),
            frozen=1000,
            sent=1000 - kept,
            kept_before=kept,
            kept_why="3 target cannot take them" if kept else "",
            targets=(
                PlanTarget(
                    draft.to or "orders.capture", 997, "its headers", backlog=186_864, fan_out=("a", "b")
                ),
                PlanTarget("legacy.capture", 3, "its headers", blocked="no stream takes it"),
            ),
            guarantee=Guarantee.AT_LEAST_ONCE,
            guarantee_words="At least once. No message is lost. A few may arrive twice.",
            warnings=self.cautions,
            checks=("You may remove from the source",),
            side_effects=(),
            others=5472,
            bytes=1_842_000,
            seconds=20.0 if draft.pace.rate else None,
            redriven_before=3,
            typed=self.typed,
            headline="Nothing has been sent. Two warnings.",
        )

    async def restore_plan(self, archive: str, to: str | None, connection: str | None) -> Plan:
        self.done.append(("restore", archive, to, connection))
        plan = await self.plan(Draft("restore", of_archive(archive), to=to))
        self.done.pop()
        return replace(plan, headline="1,000 messages would be put back")

    async def confirm(self, plan: Plan, typed: str, *, rest_too: bool = False) -> RunView:
        self.done.append(("confirm", plan.draft, typed))
        return self.views[0]

    async def runs(self) -> Sequence[RunView]:
        return self.views

    async def run(self, run: str) -> RunView:
        return next(view for view in self.views if run in {view.id, view.name})

    async def ledger(self, run: str, outcome: str, *, offset: int, limit: int) -> LedgerPage:
        tally = self.views[0].tally
        total = number_of(outcome, tally)
        rows = tuple(
            LedgerRow(
                n,
                f"m{n:05d}",
                {"": "moved", "sent": "moved", "returned": "moved"}.get(outcome, outcome),
                "removed",
                f"s{n}",
                "",
                1,
                NOW,
                outcome == "returned",
            )
            for n in range(offset + 1, min(offset + limit, total) + 1)
        )
        return LedgerPage(total, offset, rows)

    async def pause(self, run: str) -> None:
        self.done.append(("pause", run))

    async def resume(self, run: str, typed: str = "") -> RunView:
        self.done.append(("resume", run, typed))
        return self.views[0]

    async def set_pace(self, run: str, pace: Pace) -> None:
        self.done.append(("pace", run, pace))

    async def cancel(self, run: str) -> None:
        self.done.append(("cancel", run))

    async def decide(self, run: str, act: Decision) -> RunView:
        self.done.append(("decide", run, act))
        return self.views[0]

    async def archives(self) -> Sequence[ArchiveView]:
        return self.shelves

    def asked(self, kind: str) -> list[tuple[object, ...]]:
        """What was asked of a kind."""
        return [one for one in self.done if one[0] == kind]


def of_archive(archive: str) -> Selection:
    return Selection(SourceKey("archives", archive), 0)
