from __future__ import annotations

from collections.abc import Mapping

import pytest

from dashboard.core.letters import Selection, SourceKey
from dashboard.core.runs import Draft
from dashboard.demo.album import document, follow
from dashboard.demo.numbers import Compared, Scene, compare, facts, read_duration, read_moment, read_number
from dashboard.demo.plain_nats import Letter, Reading
from dashboard.demo.shots import Shown
from dashboard.demo.topology import CHANNELS

AT = 1_764_000_000.0


def letter(reason: str = "currency", *, returned: bool = False) -> Letter:
    return Letter(3, 253, AT, "ValidationError", reason, returned=returned)


def reading(letters: Mapping[int, Letter], *, taken: int = 100) -> Reading:
    resources: dict[str, Mapping[str, float]] = {}
    for channel in CHANNELS:
        dead = len(letters) if channel.name == "ORDERS" else 0
        resources[channel.name] = {"depth": 0, "consumers": 2, "dead": dead, "taken": taken}
        resources[channel.dead_name] = {"depth": dead, "consumers": 0, "taken": dead, "age_s": 61.0}
    resources["ORDERS/payment-capture"] = {"depth": 0, "in_flight": 0, "taken": taken}
    return Reading(AT, resources, {"ORDERS_DLQ": letters})


FIVE = {seq: letter("order" if seq == 5 else "currency") for seq in range(1, 6)}


def only(scene: Scene, shown: Shown, read: Reading) -> list[tuple[float | None, float | None, bool]]:
    return [(one.shown, one.plain, one.agrees) for one in compare(scene, [shown], read)]


@pytest.mark.parametrize(
    ("text", "number"),
    [("≈ 1,234 waiting", 1234), ("+77", 77), ("−1", -1), ("0", 0), ("9.5", 9.5), ("none", None), ("", None)],
)
def test_that_a_number_is_read_out_of_a_text(text: str, number: float | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "seconds"), [("1 min 5 s", 65), ("9.5 s", 9.5), ("2 h 1 min", 7260), ("–", None)]
)
def test_that_a_length_of_time_is_read(text: str, seconds: float | None) -> None:
    assert read_duration(text) == seconds


def test_that_a_moment_is_read() -> None:
    assert read_moment("2025-11-24T16:00:00Z") == AT
    assert read_moment("16:00") is None


@pytest.mark.parametrize(
    ("where", "what", "text", "agrees"),
    [
        ("ORDERS_DLQ", "Waiting", "5", True),
        ("ORDERS_DLQ", "Waiting", "6", False),
        ("ORDERS", "Dead letters", "5", True),
        ("ORDERS", "Consumers", "1", False),
        ("ORDERS_DLQ", "Oldest", "1 min 2 s", True),
        ("ORDERS_DLQ", "Oldest", "2 min", False),
        ("ORDERS_DLQ", "Change, 15 min", "+5", True),
        ("ORDERS_DLQ", "Change, 15 min", "+4", False),
        ("ORDERS", "Change, 15 min", "−3", True),
        ("ORDERS/payment-capture", "In /s", "0", True),
        ("ORDERS/payment-capture", "In /s", "24.8", False),
        ("ORDERS/payment-capture", "In flight", "0", True),
    ],
)
def test_that_a_cell_of_watch_is_held_against_the_client(
    where: str, what: str, text: str, *, agrees: bool
) -> None:
    (one,) = compare(Scene("watch"), [Shown(where, what, text)], reading(FIVE))
    assert one.plain is not None
    assert one.agrees is agrees


def test_that_every_number_of_a_sentence_is_compared() -> None:
    scene = Scene("dead-letters", "ORDERS_DLQ")
    assert only(scene, Shown("", "", "4 of 5 died of one cause, 1 more"), reading(FIVE)) == [
        (4, 4, True),
        (5, 5, True),
    ]
    assert only(scene, Shown("Demo", "", "401 messages so far, 5 dead letters, …"), reading(FIVE)) == [
        (401, 400, False),
        (5, 5, True),
    ]


@pytest.mark.parametrize(
    ("where", "what", "text", "agrees"),
    [
        ("Currency … is not an ISO 4217 code", "Messages", "4", True),
        ("Order schema version … is not supported", "Messages", "4", False),
        ("3", "Attempts", "3", True),
        ("3", "Body, B", "254", False),
        ("3", "Failed", "2025-11-24T16:00:00Z", True),
        ("3", "Failed", "2025-11-24T16:00:01Z", False),
    ],
)
def test_that_groups_and_messages_are_held_against_the_client(
    where: str, what: str, text: str, *, agrees: bool
) -> None:
    (one,) = compare(Scene("dead-letters", "ORDERS_DLQ"), [Shown(where, what, text)], reading(FIVE))
    assert one.plain is not None
    assert one.agrees is agrees


def test_that_a_run_is_held_against_what_was_frozen_and_what_is_there_now() -> None:
    before = reading(FIVE)
    draft = Draft("redrive", Selection(SourceKey("shop", "ORDERS_DLQ"), 1))
    planned = follow(Scene("dead-letters"), "plan", draft, before)
    scene = follow(planned, "run", "8f2c", before)
    now = {seq: letter() for seq in (4, 5)} | {
        6: letter(returned=True),
        7: letter(returned=True),
        8: letter(),
    }
    known = facts(scene, reading(now))
    assert {name: known[name] for name in ("frozen", "unsent", "sent", "returned", "stayed")} == {
        "frozen": 5,
        "unsent": 2,
        "sent": 3,
        "returned": 2,
        "stayed": 1,
    }
    text = "1 Sent, 2 Came back, 0 Kept, 0 Gone, 0 Unknown, 0 In flight, 2 Not sent; together 5 Frozen"
    numbers = compare(scene, [Shown("Redrive run", "", text)], reading(now))
    assert [one.what for one in numbers] == ["stayed", "returned", "unsent", "frozen"]
    assert all(one.agrees for one in numbers)
    wrong = compare(scene, [Shown("Redrive run", "", text.replace("2 Came", "3 Came"))], reading(now))
    assert [one.agrees for one in wrong] == [True, False, True, True]


def test_that_a_plan_is_held_against_the_source_and_its_readers() -> None:
    scene = Scene("plan", "ORDERS_DLQ")
    assert only(scene, Shown("What", "", "5"), reading(FIVE)) == [(5, 5, True)]
    assert only(scene, Shown("orders.placed", "Messages", "6"), reading(FIVE)) == [(6, 5, False)]
    assert only(scene, Shown("orders.placed", "Now", "2 consumers read it, 0 waiting"), reading(FIVE)) == [
        (2, 2, True),
        (0, 0, True),
    ]


def test_that_a_number_of_the_program_itself_says_so() -> None:
    (one,) = compare(Scene("watch"), [Shown("Time shown", "", "15 min")], reading(FIVE))
    assert one.plain is None
    assert one.why
    assert one.agrees


def test_that_silence_is_told_from_movement() -> None:
    assert reading(FIVE).quiet_since(reading(FIVE))
    assert not reading(FIVE, taken=101).quiet_since(reading(FIVE))


def test_that_the_document_names_its_picture_and_what_was_read() -> None:
    told = document("run-dark.png", Scene("run"), "dark", reading(FIVE), [Compared("a", "b", "1", 1, 1)])
    assert told["picture"] == "run-dark.png"
    assert told["at"] == "2025-11-24T16:00:00Z"
    assert isinstance(told["plain"], dict)
    assert told["plain"]["dead"] == 5
