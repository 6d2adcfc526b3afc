"""The pass over positions: its order, its overlap, and what it says when things break."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.api import (
    BrokerError,
    DeadLetter,
    Denied,
    Disconnected,
    Effect,
    Fate,
    Gone,
    Mark,
    MessageRef,
    NotFound,
    Order,
    ProtocolError,
    TargetRef,
    Try,
)
from adapters.common import seekable
from adapters.common.seekable import CopySight
from tests.unit.adapters.shelf import QuickGate, Shelf, letter, wanted


def keys(gate: QuickGate) -> list[str]:
    return [it.ref.key for it in gate.outcomes]


async def test_that_the_next_step_is_found_while_the_last_one_is_kept_and_never_a_third() -> None:
    shelf = Shelf(6)
    gate = QuickGate(log=shelf.log)
    letters = list(shelf.lying.values())
    look = await seekable.take(shelf, wanted(letters), gate, batch=2)
    assert look.complete
    assert look.met == 6
    assert keys(gate) == ["1", "2", "3", "4", "5", "6"]
    log = shelf.log
    assert log.index("get 3") < log.index("remove 1")
    assert log.index("done 1") < log.index("keep 3") < log.index("get 5") < log.index("done 3")


async def test_that_admitted_prefixes_are_acted_on_in_order() -> None:
    shelf = Shelf(7)
    gate = QuickGate()
    gate.prefix = 3
    await seekable.take(shelf, wanted(list(shelf.lying.values())), gate, batch=5)
    assert [it.key for it in gate.admitted] == keys(gate) == [str(n) for n in range(1, 8)]


async def test_that_a_closed_gate_lets_what_is_admitted_end() -> None:
    shelf = Shelf(9)
    gate = QuickGate()
    gate.prefix, gate.close_after = 2, 4
    look = await seekable.take(shelf, wanted(list(shelf.lying.values())), gate, batch=3)
    assert not look.complete
    assert keys(gate) == [it.key for it in gate.admitted] == ["1", "2", "3", "4", "5"]
    assert len(shelf.lying) == 4


async def test_that_an_empty_answer_means_closed() -> None:
    shelf = Shelf(3)
    gate = QuickGate()
    gate.prefix = 0
    look = await seekable.take(shelf, wanted(list(shelf.lying.values())), gate)
    assert not look.complete
    assert len(shelf.lying) == 3


async def test_that_a_mark_bounds_the_pass() -> None:
    shelf = Shelf(5)
    gate = QuickGate()
    await seekable.take(shelf, wanted(list(shelf.lying.values()), Mark("3")), gate)
    assert keys(gate) == ["1", "2", "3"]


async def test_that_another_message_in_its_place_is_reported_and_not_asked_about() -> None:
    shelf = Shelf(3)
    meant = list(shelf.lying.values())
    shelf.lying[2] = letter(2, b"other")
    gate = QuickGate()
    await seekable.take(shelf, wanted(meant), gate)
    assert [it.key for it in gate.admitted] == ["1", "3"]
    (replaced,) = [it for it in gate.outcomes if it.fate is Fate.KEPT]
    assert (replaced.ref, replaced.original, replaced.reason) == (meant[1].ref, "left", "replaced")


async def test_that_a_payload_that_has_gone_is_not_called_replaced() -> None:
    shelf = Shelf(1)
    meant = list(shelf.lying.values())
    gone = letter(1, b"")
    shelf.lying[1] = replace(gone, payload=Gone("the stream dropped it"))
    gate = QuickGate()
    await seekable.take(shelf, wanted(meant), gate)
    assert [it.reason for it in gate.outcomes] == ["the stream dropped it"]


@pytest.mark.parametrize(
    ("answer", "original"),
    [
        (Denied("No."), "left"),
        (ProtocolError("What?", effect=Effect.UNKNOWN), "unknown"),
        (BrokerError("Removed, but.", effect=Effect.DONE), "removed"),
        (NotFound("It is not there."), "removed"),
    ],
)
async def test_that_the_original_is_what_the_broker_answered(answer: BrokerError, original: str) -> None:
    shelf = Shelf(3)
    shelf.answers["2"] = answer
    gate = QuickGate()
    await seekable.take(shelf, wanted(list(shelf.lying.values())), gate)
    told = {it.ref.key: it for it in gate.outcomes}
    assert {it.fate for it in gate.outcomes} == {Fate.MOVED}
    assert told["2"].original == original
    assert told["2"].reason
    assert told["1"].original == told["3"].original == "removed"


async def test_that_a_break_is_raised_after_what_was_answered_is_told() -> None:
    shelf = Shelf(4)
    broken = Disconnected("The connection broke.", effect=Effect.UNKNOWN)
    shelf.answers.update({"2": broken, "3": broken, "4": broken})
    gate = QuickGate()
    with pytest.raises(Disconnected):
        await seekable.take(shelf, wanted(list(shelf.lying.values())), gate)
    assert keys(gate) == ["1"]


async def test_that_a_removal_that_raises_stands_for_all() -> None:
    shelf = Shelf(2)
    shelf.raises = Denied("No.")
    gate = QuickGate()
    await seekable.take(shelf, wanted(list(shelf.lying.values())), gate)
    assert [it.original for it in gate.outcomes] == ["left", "left"]


async def test_that_a_failing_gate_ends_the_pass_with_its_own_error() -> None:
    class FullDisk(QuickGate):
        async def keep(self, found: Sequence[DeadLetter]) -> Sequence[bool]:
            raise OSError("disk full")

    shelf = Shelf(4)
    with pytest.raises(OSError, match="disk full"):
        await seekable.take(shelf, wanted(list(shelf.lying.values())), FullDisk(), batch=2)
    assert len(shelf.lying) == 4


async def test_that_a_break_is_noticed_while_the_gate_waits() -> None:
    class Waiting(QuickGate):
        async def admit(self, met: Sequence[MessageRef]) -> Sequence[Order]:
            if self.admitted:
                await asyncio.Event().wait()
            return await super().admit(met)

    shelf = Shelf(4)
    shelf.raises = Disconnected("The connection broke.", effect=Effect.UNKNOWN)
    async with asyncio.timeout(5):
        with pytest.raises(Disconnected):
            await seekable.take(shelf, wanted(list(shelf.lying.values())), Waiting(), batch=2)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_that_cancelling_leaves_no_task() -> None:
    reached = asyncio.Event()

    class Waiting(QuickGate):
        async def keep(self, found: Sequence[DeadLetter]) -> Sequence[bool]:
            reached.set()
            await asyncio.Event().wait()
            return []

    shelf = Shelf(4)
    taking = asyncio.ensure_future(
        seekable.take(shelf, wanted(list(shelf.lying.values())), Waiting(), batch=2)
    )
    await reached.wait()
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert len(shelf.lying) == 4


async def test_that_unkept_left_and_ordered_removals_are_told_apart() -> None:
    shelf = Shelf(3)
    gate = QuickGate()
    gate.unkept = {"2"}
    await seekable.take(shelf, wanted(list(shelf.lying.values())), gate)
    assert keys(gate) == ["1", "3"]
    gate = QuickGate(Order.LEAVE)
    await seekable.take(shelf, wanted(list(shelf.lying.values())), gate)
    assert not gate.outcomes
    gate = QuickGate(Order.REMOVE, log=shelf.log)
    await seekable.take(shelf, wanted(list(shelf.lying.values())), gate, went="marked")
    assert [it.original for it in gate.outcomes] == ["marked"]
    assert "keep 2" not in shelf.log


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
async def test_that_a_look_pages_up_to_the_end_it_began_with(batch: int) -> None:
    shelf = Shelf(6)
    met: list[str] = []

    async def sink(letters: Sequence[DeadLetter]) -> None:
        met.extend(it.ref.key for it in letters)
        shelf.last += 1
        shelf.lying[shelf.last] = letter(shelf.last)

    look = await seekable.browse(shelf, sink, start=None, limit=100, batch=batch)
    assert (met, look.met, look.complete, look.end) == (["1", "2", "3", "4", "5", "6"], 6, True, Mark("6"))


async def test_that_a_limited_look_says_where_to_go_on() -> None:
    shelf = Shelf(6)
    met: list[str] = []

    async def sink(letters: Sequence[DeadLetter]) -> None:
        met.extend(it.ref.key for it in letters)

    first = await seekable.browse(shelf, sink, start=None, limit=4, batch=3)
    assert (first.complete, first.end) == (False, Mark("4"))
    second = await seekable.browse(shelf, sink, start=first.end, limit=4, batch=3)
    assert (met, second.complete) == (["1", "2", "3", "4", "5", "6"], True)


async def test_that_a_failing_sink_ends_the_look() -> None:
    async def sink(letters: Sequence[DeadLetter]) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await seekable.browse(Shelf(6), sink, start=None, limit=100, batch=2)


async def test_that_sightings_come_in_order_and_by_halves() -> None:
    shelf = Shelf(3)
    first, second, third = (it.ref for it in shelf.lying.values())
    del shelf.lying[2]
    shelf.lying[3] = letter(3, b"other")
    target = TargetRef("orders")

    async def find(tries: Sequence[Try], since: object) -> Sequence[CopySight]:
        return [CopySight("found" if it.key == "r/2" else "none", again_safe=True) for it in tries]

    tries = [
        Try(first, "r/1", target),
        Try(second, "r/2", target, "copy"),
        Try(third, "r/3", target, "original"),
        Try(second, "r/4", None),
    ]
    sightings = await seekable.settle(shelf, find, tries, {})
    assert [(it.original, it.copy, it.again_safe) for it in sightings] == [
        ("there", "none", True),
        ("cannot_tell", "found", True),
        ("away", "cannot_tell", False),
        ("away", "cannot_tell", False),
    ]


async def test_that_the_machinery_is_no_bottleneck() -> None:
    count = 50_000
    shelf = Shelf(count)
    gate = QuickGate()
    meant = wanted(list(shelf.lying.values()))
    begun = time.process_time()
    await seekable.take(shelf, meant, gate)
    rate = count / (time.process_time() - begun)
    assert len(gate.outcomes) == count
    assert rate > 25_000


@pytest.mark.parametrize(("mean", "step"), [(0.0, 250), (600.0, 250), (8 * 2**20, 2), (2**30, 1)])
def test_that_a_step_of_large_messages_is_small(mean: float, step: int) -> None:
    assert seekable.step_of(mean, 250) == step
