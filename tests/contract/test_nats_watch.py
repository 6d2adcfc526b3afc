"""Opening, discovery and sweeps against a real NATS server."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from nats.js.api import ConsumerConfig, DiscardPolicy, StreamConfig

from adapters.api import Measure, NotFound, Resource, Right, Scope, Services, Sweep
from adapters.nats.adapter import make
from dashboard.engine.clock import SystemClock
from tests.helpers.nats_server import NatsServer, nats_server
from tests.helpers.nats_world import opened, plain, spec


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as found:
        yield found


async def seed(server: NatsServer) -> None:
    async with plain(server.url) as (_, js):
        await js.add_stream(name="ORDERS", subjects=["orders.>"])
        await js.add_stream(
            name="ORDERS_DLQ", subjects=["dlq.orders.>"], max_msgs=50, discard=DiscardPolicy.NEW
        )
        await js.add_stream(StreamConfig(name="KEPT", subjects=["kept"], deny_delete=True, max_msgs=7))
        await js.add_consumer("ORDERS", ConsumerConfig(durable_name="billing", max_deliver=3, ack_wait=30))
        await js.add_consumer("ORDERS", ConsumerConfig(durable_name="new-only", filter_subject="orders.new"))
        for number in range(10):
            await js.publish("orders.new" if number % 2 else "orders.old", b"%d" % number)
        await js.publish("dlq.orders.new", b"dead")
        sub = await js.pull_subscribe("", "billing", stream="ORDERS")
        messages = await sub.fetch(4, timeout=2)
        await messages[0].ack_sync()
        await messages[1].ack_sync()


def value(sweep: Sweep, name: str, measure: Measure) -> float:
    return sweep.columns[measure].values[sweep.names.index(name)]


async def discovered(server: NatsServer) -> dict[str, Resource]:
    found: dict[str, Resource] = {}

    async def sink(page: object) -> None:
        assert isinstance(page, list)
        found.update({it.name: it for it in page})

    async with opened(server.url) as adapter:
        coverage = await adapter.discover(sink)
    assert coverage.complete
    return found


async def test_that_the_probe_names_the_server_and_what_the_account_may_do(server: NatsServer) -> None:
    adapter = make(spec(server.url), Services(SystemClock()))
    probe = await adapter.open()
    await adapter.close(1)
    assert probe.version.startswith("2.")
    assert probe.grants[Right.REMOVE].verdict == "yes"
    assert probe.grants[Right.PUBLISH].verdict == "untried"
    assert 0 < probe.rtt_s < 5


async def test_that_streams_and_consumers_are_found_with_their_dead_letter_links(server: NatsServer) -> None:
    await seed(server)
    found = await discovered(server)
    assert list(found) == ["KEPT", "ORDERS", "ORDERS/billing", "ORDERS/new-only", "ORDERS_DLQ"]
    dead = found["ORDERS_DLQ"].dead
    assert dead is not None
    assert dead.of == ("ORDERS",)
    assert found["ORDERS"].dead is None
    assert found["ORDERS/billing"].parent == "ORDERS"
    assert (found["ORDERS_DLQ"].limit, found["ORDERS_DLQ"].at_limit) == (50, "then refuses new ones")
    assert found["KEPT"].at_limit == "then drops the oldest"
    kept = found["KEPT"].traits
    assert kept is not None
    assert kept.removal == "none"
    assert kept.grant(Right.REMOVE).verdict == "no"
    assert "deny_delete" in kept.grant(Right.REMOVE).why


async def test_that_any_stream_can_be_named_as_a_source(server: NatsServer) -> None:
    await seed(server)
    async with opened(server.url) as adapter:
        orders = await adapter.describe("ORDERS")
        consumer = await adapter.describe("ORDERS/billing")
        with pytest.raises(NotFound):
            await adapter.describe("NOPE")
        with pytest.raises(NotFound):
            await adapter.describe("ORDERS.>")
    assert orders.source is not None
    assert orders.source.incarnation
    assert orders.traits is not None
    assert orders.traits.free
    assert consumer.source is None


@pytest.mark.parametrize("monitored", [False, True])
async def test_that_a_sweep_tells_what_the_server_holds(server: NatsServer, monitored: bool) -> None:
    await seed(server)
    options = {"monitoring": server.monitoring_url} if monitored else {}
    async with opened(server.url, options) as adapter:
        sweep = await adapter.sweep(Scope())
    assert not sweep.troubles
    assert set(sweep.names) == {"KEPT", "ORDERS", "ORDERS/billing", "ORDERS/new-only", "ORDERS_DLQ"}
    assert value(sweep, "ORDERS", Measure.DEPTH) == 10
    assert value(sweep, "ORDERS", Measure.IN_TOTAL) == 10
    assert value(sweep, "ORDERS", Measure.OUT_TOTAL) == 0
    assert value(sweep, "ORDERS", Measure.CONSUMERS) == 2
    assert 0 <= value(sweep, "ORDERS", Measure.OLDEST_AGE_S) < 60
    assert value(sweep, "ORDERS/billing", Measure.DEPTH) == 8
    assert value(sweep, "ORDERS/billing", Measure.LAG) == 6
    assert value(sweep, "ORDERS/billing", Measure.IN_FLIGHT) == 2
    assert value(sweep, "ORDERS/billing", Measure.OUT_TOTAL) == 2
    assert value(sweep, "ORDERS/new-only", Measure.DEPTH) == 5
    assert value(sweep, "ORDERS/new-only", Measure.IN_TOTAL) == 5


async def test_that_what_is_not_known_is_nan_with_a_reason(server: NatsServer) -> None:
    await seed(server)
    async with opened(server.url) as adapter:
        sweep = await adapter.sweep(Scope())
    kept, billing = sweep.names.index("KEPT"), sweep.names.index("ORDERS/billing")
    age = sweep.columns[Measure.OLDEST_AGE_S]
    assert math.isnan(age.values[kept])
    assert age.reason(kept) == "nothing is there"
    assert "does not tell" in age.reason(billing)
    assert math.isnan(sweep.columns[Measure.CONSUMERS].values[billing])
    for column in sweep.columns.values():
        for row, number in enumerate(column.values):
            assert bool(column.reason(row)) == math.isnan(number)
    new_only = sweep.names.index("ORDERS/new-only")
    assert new_only in sweep.columns[Measure.IN_TOTAL].approximate
    assert billing not in sweep.columns[Measure.IN_TOTAL].approximate


async def test_that_a_scope_reads_only_what_it_names_and_gives_the_same_numbers(server: NatsServer) -> None:
    await seed(server)
    names = ["ORDERS/billing", "GONE", "ORDERS/new-only", "bad name.>", "ORDERS/none"]
    async with opened(server.url) as adapter:
        whole = await adapter.sweep(Scope())
        sweep = await adapter.sweep(Scope(names))
    assert set(sweep.names) == set(names)
    for measure in (Measure.DEPTH, Measure.IN_TOTAL, Measure.OUT_TOTAL):
        for name in ("ORDERS/billing", "ORDERS/new-only"):
            assert value(sweep, name, measure) == value(whole, name, measure)
    for name in ("GONE", "bad name.>", "ORDERS/none"):
        assert sweep.columns[Measure.DEPTH].reason(sweep.names.index(name)) == "it is not there"


async def test_that_more_streams_than_a_page_holds_are_all_found(server: NatsServer) -> None:
    async with plain(server.url) as (_, js):
        for number in range(300):
            await js.add_stream(name=f"S{number:03}", subjects=[f"s.{number}"], storage="memory")
        for number in range(260):
            await js.add_consumer("S000", ConsumerConfig(durable_name=f"c{number:03}"))
    found = await discovered(server)
    async with opened(server.url) as adapter:
        sweep = await adapter.sweep(Scope())
    assert len(found) == len(sweep.names) == 560


async def test_that_a_dead_monitoring_endpoint_is_told_and_the_api_is_asked_instead(
    server: NatsServer,
) -> None:
    await seed(server)
    async with opened(server.url, {"monitoring": "http://127.0.0.1:1"}) as adapter:
        sweep = await adapter.sweep(Scope())
    assert value(sweep, "ORDERS", Measure.DEPTH) == 10
    assert any("cannot be read" in trouble for trouble in sweep.troubles)
