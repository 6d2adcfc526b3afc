"""The engine has no special cases: a kill or cut before and after every effect, over every shape of broker."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.api import DeadLetter, MessageRef, Payload
from adapters.memory.adapter import MemoryAdapter
from adapters.memory.faults import Fault, Faults, Killed
from adapters.memory.model import MemoryBroker
from adapters.memory.shapes import SHAPES
from dashboard.core.runs import Decision, RunState, RunView
from dashboard.engine.backoff import Backoff
from dashboard.store.ledger_rows import WORDS
from tests.helpers.bench import Program, confirmed, connection, draft, look, settle_down


class Hands:
    """A clock that runs 20,000 times as fast, so that leases end within a test."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)
        self.begun = time.monotonic()

    def now(self) -> datetime:
        return self.at + timedelta(seconds=(time.monotonic() - self.begun) * 20_000)

    def monotonic(self) -> float:
        return time.monotonic()


def chosen(letter: DeadLetter) -> bool:
    assert isinstance(letter.payload, Payload)
    return int(letter.payload.body[10:-1]) % 3 != 1


async def carry(
    broker: MemoryBroker, folder: Path, clock: Hands, kind: str
) -> tuple[RunView, Program, list[str]]:
    """A run over the chosen messages, resumed after each death until it is over."""
    looked = await look(lambda: MemoryAdapter(broker), "dead", clock)
    clock.at += timedelta(seconds=1000)
    looked.pick = chosen
    program = Program(folder, lambda: MemoryAdapter(broker), looked, connection(), clock)
    view: RunView | None = None
    for _ in range(8):
        try:
            if view is None and not program.books.runs():
                _, view = await confirmed(program, draft(kind))
            else:
                view = await program.runs.resume("1")
                view = await program.runs.wait(view.id)
        except Killed:
            await settle_down(program)
            clock.at += timedelta(seconds=1000)
            program = Program(folder, lambda: MemoryAdapter(broker), looked, connection(), clock)
            continue
        if view.state.over:
            return view, program, []
        pytest.fail(f"rests in {view.state}: {view.reason}")
    raise AssertionError("never over")


def check(broker: MemoryBroker, bodies: list[bytes], view: RunView, program: Program) -> None:
    """Nothing lost, no double that is not named, no bystander touched."""
    assert view.tally.adds_up, view.tally
    rows = program.books.page(1, "", offset=0, limit=1000).rows
    before = Counter(bodies)
    source = broker.sources["dead"]
    left = Counter(it.payload.body for it in source.messages.values() if it.handled is None)
    sent = Counter(it.body for it in broker.all_messages() if not it.dead)
    dropped = Counter(it.payload.body for it in source.dropped)
    assert not dropped
    for body, count in before.items():
        wanted = int(body[10:-1]) % 3 != 1
        if not wanted:
            assert left[body] == count, f"a bystander was touched: {body!r}"
            assert sent[body] == 0
        assert left[body] + sent[body] >= count or view.kind == "purge", f"lost {body!r}: {rows}"
    doubles = sum((left + sent).values()) - sum(before.values())
    named = view.tally.left_behind + view.tally.twice + view.tally.unknown
    if view.kind != "purge":
        assert doubles <= named, (doubles, view.tally, rows)
    assert {row.outcome for row in rows} <= set(WORDS)


KINDS = (Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.KILL_BEFORE, Fault.KILL_AFTER)


@pytest.mark.parametrize("twins", [1, 3], ids=["distinct", "twins"])
@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize("kind", ["redrive", "purge"])
async def test_that_no_kill_or_cut_loses_or_doubles_unnamed(
    tmp_path: Path, shape: str, twins: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.engine.runs.runner.BACKOFF", Backoff(first_s=0.001))
    monkeypatch.setattr("dashboard.engine.runs.runner.STEP_S", 0.02)
    total = await one(tmp_path / "whole", shape, twins, kind, None, Fault.CUT_AFTER)
    assert total > 0
    for fault in KINDS:
        for at in range(1, total + 1, 1 if kind == "redrive" else 3):
            await one(tmp_path / f"{fault.name}-{at}", shape, twins, kind, at, fault)


async def one(folder: Path, shape: str, twins: int, kind: str, at: int | None, fault: Fault) -> int:
    await asyncio.to_thread(folder.mkdir)
    clock = Hands()
    faults = Faults(at=None, kind=fault)
    broker = MemoryBroker.shape(shape, now=clock.now, faults=faults)
    bodies = broker.seed_dead(12, twins=twins, groups=3)
    spent = 0

    async def after_look() -> None:
        nonlocal spent
        spent = faults.total

    looked = await look(lambda: MemoryAdapter(broker), "dead", clock)
    del looked
    clock.at += timedelta(seconds=1000)
    await after_look()
    # The look before the plan takes as many effects again.
    again = spent
    if at is not None:
        faults.at = spent + again + at
    view, program, _ = await carry(broker, folder, clock, kind)
    check(broker, bodies, view, program)
    if at is None and shape not in {"leases", "fifo"}:
        assert view.state is RunState.DONE
        assert view.tally.moved == view.tally.frozen, view.tally
    program.end()
    return faults.total - spent - again


def test_that_refs_of_twins_differ_in_number_only() -> None:
    assert MessageRef("a", 0, b"") != MessageRef("a", 1, b"")


@pytest.mark.parametrize("act", ["look", "again", "leave"])
async def test_that_a_person_decides_on_what_is_unknown(tmp_path: Path, act: Decision) -> None:
    clock = Hands()
    faults = Faults(at=None, kind=Fault.KILL_AFTER)
    broker = MemoryBroker.shape("leases", now=clock.now, faults=faults)
    broker.seed_dead(6)
    looked = await look(lambda: MemoryAdapter(broker), "dead", clock)
    clock.at += timedelta(seconds=1000)
    faults.at = faults.total + 8  # Six leases, then the second publish: sent, and nobody heard the answer.
    program = Program(tmp_path, lambda: MemoryAdapter(broker), looked, connection(), clock)
    with pytest.raises(Killed):
        await confirmed(program, draft())
    await settle_down(program)
    clock.at += timedelta(seconds=1000)
    program = Program(tmp_path, lambda: MemoryAdapter(broker), looked, connection(), clock)
    await program.runs.resume("1")
    view = await program.runs.wait("1")
    assert view.tally.unknown > 0
    unknown = view.tally.unknown
    clock.at += timedelta(seconds=1000)
    await program.runs.decide("1", act)
    view = await program.runs.wait("1")
    assert view.tally.adds_up
    if act == "again":
        assert (view.tally.unknown, view.tally.moved) == (0, 6)
        assert view.tally.twice == unknown
    else:
        assert view.tally.unknown == unknown
    program.end()
