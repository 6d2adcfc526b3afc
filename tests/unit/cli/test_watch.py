"""`ls` and `watch`: every number, and what is not known."""

import json
import math
import os
import signal

import pytest

from adapters.api import ConnectError, DeadLetterLink, Environment, Measure, Resource
from dashboard.core.fleet import FleetRow, Need, ResourceKey, Verdict
from tests.unit.cli.fake_desk import AT, FakeDesk
from tests.unit.cli.harness import Cli


def row(name: str, values: dict[Measure, float], *, dead: DeadLetterLink | None = None) -> FleetRow:
    return FleetRow(
        key=ResourceKey("shop", name),
        resource=Resource(name, "stream", dead=dead),
        environment=Environment.DEVELOPMENT,
        values=values,
        why={Measure.IN_RATE: "one reading so far"},
        approximate=frozenset({Measure.DEPTH}),
        change=math.nan,
        spark=(),
        samples=1,
        verdict=Verdict.NOT_KNOWN,
        verdict_why="",
        need=Need.NOT_KNOWN,
        dead=None,
        at=AT,
        age_s=0.0,
        stale=False,
    )


@pytest.fixture
def desk(desk: FakeDesk) -> FakeDesk:
    desk.rows = [
        row("ORDERS", {Measure.DEPTH: 12.0, Measure.CONSUMERS: 0.0, Measure.IN_RATE: math.nan}),
        row(
            "DLQ", {Measure.DEPTH: 3.0, Measure.OLDEST_AGE_S: 61.5}, dead=DeadLetterLink(("ORDERS",), "name")
        ),
    ]
    return desk


def test_that_ls_prints_one_document_with_its_documented_keys(cli: Cli) -> None:
    ended = cli("ls", "shop", "--json")
    assert ended.code == 0
    assert ended.out.count("\n") == 1
    document = json.loads(ended.out)
    assert list(document) == ["schema", "at", "took_ms", "connection", "resources"]
    assert document["schema"] == 1
    assert document["at"] == "2026-01-02T03:04:05Z"
    assert document["connection"] == "shop"
    assert [item["name"] for item in document["resources"]] == ["DLQ", "ORDERS"]
    dlq, orders = document["resources"]
    assert list(dlq) == ["name", "kind", "dead_letters_of", "measures", "unknown", "approximate"]
    assert dlq["dead_letters_of"] == ["ORDERS"]
    assert orders["dead_letters_of"] is None
    assert list(orders["measures"]) == [
        "depth",
        "in_flight",
        "in_rate",
        "out_rate",
        "redelivered",
        "lag",
        "lag_s",
        "oldest_age_s",
        "consumers",
    ]


def test_that_unknown_is_null_with_a_reason_and_never_0(cli: Cli) -> None:
    orders = json.loads(cli("ls", "shop", "--json").out)["resources"][1]
    assert orders["measures"]["depth"] == 12
    assert orders["measures"]["consumers"] == 0
    assert orders["measures"]["in_rate"] is None
    assert orders["unknown"]["in_rate"] == "one reading so far"
    assert orders["unknown"]["lag"] == "not told by the broker"
    assert "consumers" not in orders["unknown"]
    assert orders["approximate"] == ["depth"]


def test_that_no_resource_is_said(cli: Cli, desk: FakeDesk) -> None:
    desk.rows = []
    assert cli("ls", "shop").out == "shop: no resources.\n"


def test_that_the_table_says_unknown_and_approximate(cli: Cli) -> None:
    ended = cli("ls", "shop")
    assert "≈ 12" in ended.out
    assert "unknown" in ended.out
    assert ended.err == ""


def test_that_names_cannot_steer_the_terminal(cli: Cli, desk: FakeDesk) -> None:
    desk.rows = [row("evil\x1b[2J\u202e[red]x[/red]", {Measure.DEPTH: 1.0})]
    ended = cli("ls", "shop")
    assert "\x1b" not in ended.out
    assert "\u202e" not in ended.out
    assert "[red]x[/red]" in ended.out
    raw = cli("ls", "shop", "--json").out
    assert "\x1b" not in raw
    assert raw.isascii()
    assert json.loads(raw)["resources"][0]["name"] == "evil\x1b[2J\u202e[red]x[/red]"


def test_that_watch_once_prints_one_document_a_connection(cli: Cli) -> None:
    ended = cli("watch", "shop", "nats://127.0.0.1:5222", "--once", "--json")
    assert ended.code == 0
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert [line["connection"] for line in lines] == ["shop", "127.0.0.1:5222"]


def test_that_watch_goes_on_over_a_broken_sweep_and_ends_by_a_signal(cli: Cli, desk: FakeDesk) -> None:
    sweep = desk.sweep
    seen = []

    async def sweeping(connections: list[str]) -> object:
        seen.append(connections)
        if len(seen) == 2:
            raise ConnectError("No answer.")
        if len(seen) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return await sweep(connections)

    desk.sweep = sweeping  # type: ignore[method-assign,assignment]
    ended = cli("watch", "shop", "--every", "0.2", "--json")
    assert ended.code == 0
    assert len(ended.out.splitlines()) == 2
    assert ended.err == "redrive: No answer.\n"
