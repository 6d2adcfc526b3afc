"""Sweeps in, rows out: truthful values with reasons, ages, sections and the sentence over them."""

import math
from array import array
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from adapters.api import Column, DeadLetterLink, Environment, Measure, Resource, Sweep
from dashboard.core.connections import Answer, Connection, ConnectionView
from dashboard.core.fleet import FleetRow, Need, Verdict
from dashboard.core.snapshots import headline_of, snapshot
from dashboard.core.watched import Watched

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
NAN = math.nan


def resource(name: str, dead_of: str = "") -> Resource:
    return Resource(name, "queue", dead=DeadLetterLink((dead_of,), "name") if dead_of else None)


def sweep(second: float, **measures: Mapping[str, float]) -> Sweep:
    names = tuple(dict.fromkeys(name for values in measures.values() for name in values))
    columns = {
        Measure(measure): Column(
            array("d", [values.get(name, NAN) for name in names]), {-1: "no permission"}, frozenset({0})
        )
        for measure, values in measures.items()
    }
    return Sweep(START + timedelta(seconds=second), 0.01, names, columns)


def watched(*resources: Resource, environment: Environment = Environment.PRODUCTION) -> Watched:
    it = Watched("shop", environment, 5)
    it.learn(resources)
    return it


def row_of(it: Watched, name: str) -> FleetRow:
    return next(row for row in it.rows if row.key.name == name)


def view(answer: Answer = Answer.ANSWERS, trouble: str = "") -> ConnectionView:
    return ConnectionView(Connection("shop", "memory", "memory:"), answer, START, trouble=trouble)


def test_that_a_row_has_what_was_read_and_a_reason_for_what_was_not() -> None:
    it = watched(resource("orders"))
    it.take(sweep(0, depth={"orders": 12}, lag={"orders": NAN}), 100)
    row = it.rows[0]
    assert row.values[Measure.DEPTH] == 12
    assert math.isnan(row.values[Measure.LAG])
    assert row.why[Measure.LAG] == "no permission"
    assert row.why[Measure.CONSUMERS] == "not told by the broker"
    assert Measure.DEPTH in row.approximate
    assert Measure.DEPTH not in row.why
    assert (row.samples, row.verdict, row.verdict_why) == (1, Verdict.NOT_KNOWN, "1 sample.")


def test_that_rates_come_from_counters_over_monotonic_time() -> None:
    it = watched(resource("orders"))
    it.take(sweep(0, depth={"orders": 1}, in_total={"orders": 100}), 100)
    assert it.rows[0].why[Measure.IN_RATE] == "one reading so far"
    it.take(sweep(3_600, depth={"orders": 1}, in_total={"orders": 150}), 110)
    assert it.rows[0].values[Measure.IN_RATE] == 5.0
    assert Measure.IN_RATE in it.rows[0].approximate
    it.take(sweep(3_605, depth={"orders": 1}, in_total={"orders": 7}), 115)
    assert it.rows[0].why[Measure.IN_RATE] == "the counter was reset"


def test_that_a_counter_which_is_not_told_keeps_the_brokers_reason() -> None:
    it = watched(resource("orders"))
    it.take(sweep(0, depth={"orders": 1}, out_total={"orders": NAN}), 100)
    assert it.rows[0].why[Measure.OUT_RATE] == "no permission"


def test_that_a_rate_told_by_the_broker_is_not_computed_again() -> None:
    it = watched(resource("orders"))
    it.take(sweep(0, in_rate={"orders": 42}, in_total={"orders": 100}), 100)
    assert it.rows[0].values[Measure.IN_RATE] == 42


def test_that_an_origin_knows_what_lies_in_its_dead_letter_sources() -> None:
    it = watched(resource("orders"), resource("orders-dlq", "orders"), resource("other-dlq", "orders"))
    it.take(sweep(0, depth={"orders": 1, "orders-dlq": 3, "other-dlq": 4}), 100)
    assert row_of(it, "orders").dead == 7
    assert row_of(it, "orders-dlq").dead is None
    it.take(sweep(5, depth={"orders": 1, "orders-dlq": 3}), 105)
    dead = row_of(it, "orders").dead
    assert dead is not None
    assert math.isnan(dead)


def test_that_what_was_not_read_for_three_intervals_is_stale_and_keeps_its_value() -> None:
    it = watched(resource("orders"))
    it.take(sweep(0, depth={"orders": 12}), 100)
    assert not it.age(START + timedelta(seconds=15))
    assert it.age(START + timedelta(seconds=250))
    row = it.rows[0]
    assert (row.stale, row.age_s, row.verdict) == (True, 250, Verdict.STALE)
    assert row.values[Measure.DEPTH] == 12
    it.take(sweep(255, depth={"orders": 0}), 355)
    assert not it.rows[0].stale


def test_that_a_row_that_needed_attention_stays_there_when_it_goes_stale() -> None:
    it = watched(resource("orders"), resource("calm"))
    for step in range(12):
        it.take(sweep(5 * step, depth={"orders": 100.0 * step, "calm": 5}), 5.0 * step)
    assert row_of(it, "orders").need is Need.ATTENTION
    it.age(START + timedelta(seconds=200))
    assert row_of(it, "orders").need is Need.ATTENTION
    assert row_of(it, "calm").need is Need.NOT_KNOWN


def test_that_one_left_out_of_a_sweep_ages_and_one_that_is_gone_leaves() -> None:
    it = watched(resource("a"), resource("b"))
    it.take(sweep(0, depth={"a": 1, "b": 2}), 0)
    it.take(sweep(60, depth={"a": 1}), 60)
    assert it.strangers()
    it.age(START + timedelta(seconds=60))
    assert (row_of(it, "a").stale, row_of(it, "b").stale) == (False, True)
    it.learn([resource("a")])
    it.take(sweep(65, depth={"a": 1}), 65)
    assert not it.strangers()
    assert [row.key.name for row in it.rows] == ["a"]


def test_that_a_new_name_in_a_sweep_asks_for_discovery_and_is_not_shown_before() -> None:
    it = watched(resource("a"))
    it.take(sweep(0, depth={"a": 1, "new": 2}), 0)
    assert it.strangers()
    assert [row.key.name for row in it.rows] == ["a"]


def test_that_a_miss_is_a_gap_in_the_ring() -> None:
    it = watched(resource("a"))
    it.take(sweep(0, depth={"a": 1}), 0)
    it.miss(START + timedelta(seconds=5))
    it.take(sweep(10, depth={"a": 1}), 10)
    assert math.isnan(it.table.values("a", Measure.DEPTH)[1])


def test_that_change_is_over_what_is_known() -> None:
    it = watched(resource("a"))
    it.take(sweep(0, depth={"a": 10}), 0)
    assert math.isnan(it.rows[0].change)
    it.take(sweep(5, depth={"a": NAN}), 5)
    it.take(sweep(10, depth={"a": 4}), 10)
    assert it.rows[0].change == -6


def grown(name: str, step: float, environment: Environment = Environment.PRODUCTION) -> Watched:
    it = watched(resource(name), environment=environment)
    for turn in range(12):
        it.take(sweep(5 * turn, depth={name: step * turn}), 5.0 * turn)
    return it


def test_that_rows_come_in_the_order_of_need() -> None:
    watch = [
        grown("idle", 0),
        grown("tests", 900, Environment.DEVELOPMENT),
        grown("little", 5),
        grown("much", 500),
        watched(resource("cold")),
    ]
    watch[4].take(sweep(0, depth={"cold": 5}), 0)
    fleet = snapshot(START, [view()], [row for it in watch for row in it.rows])
    assert [row.key.name for row in fleet.rows] == ["much", "little", "tests", "cold", "idle"]
    assert fleet.headline == "Three sources need attention; one is not known."
    assert fleet.detail.startswith("much: up by ≈ 100/s for 55 s; little: up by ≈ 1.0/s for 55 s;")


@pytest.mark.parametrize(
    ("views", "headline", "detail"),
    [
        ([], "Nothing is watched yet.", "Connect to a broker, or try the demo."),
        ([view(Answer.CONNECTING)], "Connecting.", "shop"),
        (
            [view(Answer.DISCONNECTED, "Refused.")],
            "Nothing answers.",
            "shop does not answer: Refused.",
        ),
        ([view()], "Nothing is there to watch.", ""),
    ],
)
def test_that_no_rows_are_explained(views: list[ConnectionView], headline: str, detail: str) -> None:
    assert headline_of(views, []) == (headline, detail)


def test_that_a_calm_fleet_says_so() -> None:
    headline, detail = headline_of([view()], grown("idle", 0).rows)
    assert headline == "Nothing needs attention."
    assert detail == "The depth of 1 source is known; 0 dead letters."


def test_that_connections_that_do_not_answer_are_counted_beside_known_rows() -> None:
    silent = [view(Answer.DISCONNECTED, "Refused.")] * 2
    headline, detail = headline_of([view(), *silent], grown("idle", 0).rows)
    assert "Two connections do not answer" in headline
    assert detail == "shop does not answer: Refused. shop does not answer: Refused."


def test_that_a_name_from_a_broker_is_made_visible() -> None:
    _, detail = headline_of([view()], grown("evil\x1b[2J\u202e", 100).rows)
    assert "\x1b" not in detail
    assert "\u202e" not in detail
