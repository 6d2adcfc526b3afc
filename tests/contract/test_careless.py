"""The suite catches careless adapters: each fault fails the property that it breaks."""

import inspect

import pytest

from adapters.memory.adapter import MemoryAdapter
from adapters.testing.harness import Harness
from adapters.testing.suite import AdapterContract
from tests.contract import careless
from tests.contract.careless import Between, CarelessHarness

BROKEN = (AssertionError, pytest.fail.Exception)


async def run(harness: Harness, name: str) -> None:
    await harness.reset()
    test = getattr(AdapterContract(), name)
    if "adapter" not in inspect.signature(test).parameters:
        await test(harness=harness)
        return
    adapter = await harness.connect()
    try:
        await test(adapter=adapter, harness=harness)
    finally:
        await adapter.close(1.0)


@pytest.mark.parametrize(
    ("fault", "shape", "name"),
    [
        (careless.RemovesFirst, "positions", "test_that_nothing_is_removed_before_its_copy_is_safe"),
        (careless.RemovesFirst, "classic", "test_that_nothing_is_removed_before_its_copy_is_safe"),
        (careless.RemovesFirst, "positions", "test_that_a_cancelled_take_removes_nothing_unsafe"),
        (careless.RemovesFirst, "classic", "test_that_a_cut_at_any_step_loses_nothing_and_tells_no_lie"),
        (careless.IgnoresLeave, "leases", "test_that_left_messages_are_not_touched"),
        (careless.IgnoresLeave, "log", "test_that_refused_and_left_messages_stay"),
        (careless.IgnoresLeave, "quorum", "test_that_one_of_equal_messages_goes_and_the_others_stay"),
        (careless.IgnoresUnkept, "positions", "test_that_what_is_not_kept_stays"),
        (careless.IgnoresUnkept, "fifo", "test_that_what_is_not_kept_stays"),
        (careless.SwallowsACut, "classic", "test_that_a_cut_at_any_step_loses_nothing_and_tells_no_lie"),
        (careless.KeepsRemovals, "positions", "test_that_removal_alone_makes_no_copy"),
        (careless.ReportsTwice, "classic", "test_that_arrivals_during_a_purge_stay"),
        (careless.ReportsNothing, "positions", "test_that_another_message_in_its_place_is_left"),
        (careless.ReportsNothing, "log", "test_that_moved_messages_lie_in_the_target_alone"),
        (
            careless.NeverSeesTheEnd,
            "positions",
            "test_that_a_closed_gate_ends_the_pass_after_what_was_admitted",
        ),
        (careless.NeverSeesTheEnd, "classic", "test_that_a_gate_closed_before_ends_the_pass_at_once"),
        (careless.NeverSeesTheEnd, "log", "test_that_a_closed_gate_ends_the_move"),
        (careless.AsksBackwards, "classic", "test_that_messages_are_asked_about_once_in_the_order_met"),
        (
            careless.CallsItRemovedAfterACut,
            "classic",
            "test_that_a_cut_at_any_step_loses_nothing_and_tells_no_lie",
        ),
        (careless.CallsItRemovedAfterACut, "positions", "test_that_a_cut_run_resumes_without_a_double"),
        (careless.ReportsTheMissing, "positions", "test_that_what_has_gone_is_not_reported"),
        (careless.TrustsPositions, "positions", "test_that_another_message_in_its_place_is_left"),
        (careless.ForgetsIncarnations, "leases", "test_that_a_source_made_anew_is_not_touched"),
        (careless.MovesAnyway, "positions", "test_that_moved_messages_lie_in_the_target_alone"),
        (careless.Decodes, "classic", "test_that_a_look_is_byte_exact"),
        (careless.NumbersLooks, "positions", "test_that_two_looks_give_the_same_refs"),
        (careless.ForgetsToGiveBack, "classic", "test_that_holding_keeps_others_out_only_where_declared"),
        (careless.ClaimsCopies, "positions", "test_that_a_missing_target_is_an_answer_and_no_break"),
        (careless.ClaimsCopies, "classic", "test_that_a_cut_at_any_step_loses_nothing_and_tells_no_lie"),
        (careless.FindsEverything, "positions", "test_that_what_was_never_sent_is_there_without_a_copy"),
        (careless.FindsEverything, "positions", "test_that_a_cut_run_resumes_without_a_double"),
        (careless.TakesHiddenForAway, "leases", "test_that_what_somebody_holds_is_never_away"),
        (careless.ConsumesToCount, "positions", "test_that_watching_consumes_nothing"),
        (careless.CallsUnknownNothing, "positions", "test_that_depth_is_the_count_or_says_that_it_is_not"),
        (careless.LeavesATask, "positions", "test_that_closing_leaves_no_task"),
    ],
)
async def test_that_a_fault_is_caught(
    fault: type[Between] | type[MemoryAdapter], shape: str, name: str
) -> None:
    with pytest.raises(BROKEN):
        await run(CarelessHarness(shape, fault), name)


async def test_that_a_secret_told_is_caught() -> None:
    with pytest.raises(BROKEN):
        await run(careless.Talkative("positions"), "test_that_no_error_holds_a_secret")
    with pytest.raises(BROKEN):
        await run(careless.Talkative("positions"), "test_that_no_adapter_shows_a_secret")
