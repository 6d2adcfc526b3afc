import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.api import DeadLetter, Death, Gone
from dashboard.store import dead_columns, dead_index
from tests.helpers.letters import letter
from tests.helpers.snapshots import NOW, DeadFile, slow_search

SEGMENT = 64
QUERIES = [
    "",
    "cause:ValidationError",
    'cause:"gateway timed"',
    "-cause:ValidationError",
    "cause:Valid*",
    "exception:shop.GatewayTimeout",
    "exception:GatewayTimeout",
    "exception:null",
    "reason:currency",
    'reason:"took 7"',
    "attempts:>3",
    "attempts:null",
    "-attempts:5",
    "attempts:2..4",
    "size:>100",
    "size:0",
    "at:>2026-11-24T10:00",
    "at:2026-11-24T11",
    "at:null",
    "origin:orders",
    "origin:null",
    "target:orders.*",
    "address:dlq",
    "trace:null",
    "trace:4bf92f3577b34da6a3ce929d0e0e47*",
    "redriven:>0",
    "id:17",
    "id:1*",
    "id:nothing",
    "header.tenant:acme",
    "-header.tenant:acme",
    "header.tenant:null",
    "header.TENANT:n*",
    "header.twice:second",
    "-header.twice:first",
    "header.unique:u-33",
    "header.unique:u-3*",
    "header.unknown:null",
    "header.unknown:x",
    "body.order.currency:null",
    "body.order.currency:EURO",
    "-body.order.currency:EURO",
    "body.order.currency:>f",
    "body.order.total:>500",
    "body.order.total:77",
    "body.order.total:77.0",
    "body.order.total:7*",
    "body.order.id:ord_12",
    "body.order.id:null",
    "body.order:null",
    "body.mixed:1",
    "body.mixed:true",
    "body.mixed:null",
    'body.mixed:"null"',
    "body.mixed:>0",
    "body.big:9007199254740993",
    "body.big:null",
    "body.items[1].sku:b",
    "body.items.1.sku:b",
    "body.items:null",
    "body.deep.a.b.c.d.e.f.g.h.i.j.k.l.m.n:7",
    "body.nothing:null",
    "body.nothing:1",
    "card",
    "gatew*",
    '"card gateway"',
    "ord_12",
    '"%"',
    "schön",
    "日本",
    "-card",
    "card -header.tenant:acme (attempts:>2 OR body.order.total:<100)",
    "NOT (card OR body.order.currency:null) size:>10",
    "header.tenant:acme OR header.tenant:nordlys body.order.total:>300",
]


def some_letters(count: int, seed: int = 7) -> list[DeadLetter]:
    rnd = random.Random(seed)
    return [_one(n, rnd) for n in range(1, count + 1)]


def _one(n: int, rnd: random.Random) -> DeadLetter:
    kind = rnd.randrange(12)
    headers: list[tuple[str, str | bytes]] = [("tenant", rnd.choice(["acme", "nordlys", "fjord"]))]
    headers.append(("Unique", f"u-{n}"))
    if rnd.random() < 0.2:
        headers = [("tenant", "")] if rnd.random() < 0.5 else []
    if rnd.random() < 0.1:
        headers += [("twice", "first"), ("twice", rnd.choice(["second", "first"]))]
    if kind < 5:
        headers += [
            ("x-exception", "ValidationError"),
            ("x-error", f"currency '{n}' is not an ISO 4217 code"),
        ]
    elif kind < 8:
        headers += [
            ("x-exception", "shop.GatewayTimeout"),
            ("x-error", f"card gateway timed out, took {n} ms"),
        ]
    if rnd.random() < 0.5:
        headers += [("x-attempts", str(rnd.randrange(1, 7))), ("x-original-subject", "orders.new")]
    if rnd.random() < 0.3:
        headers.append(("traceparent", f"00-4bf92f3577b34da6a3ce929d0e0e4{n % 4096:03x}-00f067aa0ba902b7-01"))
    if rnd.random() < 0.1:
        headers.append(("redrive-count", "2"))
    body = _body(n, rnd)
    made = letter(str(n), body, headers, death=Death("rejected" if kind == 9 else None))
    if rnd.random() < 0.1:
        return made
    return replace(made, at=NOW - timedelta(minutes=rnd.randrange(0, 3_000)), address=f"dlq.{n % 3}")


def _body(n: int, rnd: random.Random) -> bytes | None:
    kind = rnd.randrange(14)
    if kind == 0:
        return rnd.choice(
            [None, b"", b"\xff\xfe\x00card", b"not json", b"[1, 2]", b"7", b"null", "schön 日本語".encode()]
        )
    order: dict[str, Any] = {"id": f"ord_{n % 40}", "total": rnd.choice([77, 77.5, n, None])}
    if kind > 3:
        order["currency"] = rnd.choice(["EURO", "EUR", "USD", None, "euro"])
    data: dict[str, Any] = {"order": order, "items": [{"sku": "a"}, {"sku": rnd.choice("bc")}]}
    data["mixed"] = rnd.choice([1, True, False, "1", None, {}, [], 1.0, "null", 0])
    if kind == 5:
        data["big"] = rnd.choice([9007199254740993, 9007199254740992, "x" * 400, "\ud800"])
    if kind == 6:
        deep: Any = 7
        for name in "nmlkjihgfedcba":
            deep = {name: deep}
        data["deep"] = deep
    if kind == 7:
        data["order"] = "a text"
    if kind == 8:
        data["many"] = {f"k{i}": i for i in range(2_100 if n % 5 == 0 else 5)}
    return json.dumps(data).encode()


@pytest.fixture(scope="module")
def letters() -> list[DeadLetter]:
    return some_letters(300)


@pytest.fixture(scope="module", params=["finished", "reading", "few paths", "small dictionaries"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, letters: list[DeadLetter]
) -> Iterator[tuple[DeadFile, int]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dead_columns, "ROWS", SEGMENT)
        patch.setattr(dead_index, "ROWS", SEGMENT)
        if request.param == "few paths":
            patch.setattr(dead_columns, "MOST_PATHS", 16)
        if request.param == "small dictionaries":
            patch.setattr(dead_columns, "_DICTIONARY_SURE", 2)
        dead = DeadFile(tmp_path_factory.mktemp("dead"))
        yield dead, dead.read(letters, finish=request.param != "reading")
        dead.close()


@pytest.mark.parametrize("query", QUERIES)
def test_that_a_query_finds_what_testing_each_letter_finds(
    filled: tuple[DeadFile, int], letters: list[DeadLetter], query: str
) -> None:
    dead, snapshot = filled
    expected = slow_search(dead.examiner, letters, dead.parser.parse(query))
    assert dead.numbers(snapshot, query) == expected
    assert dead.store.page(snapshot, query, offset=0, limit=0).total == len(expected)


@pytest.mark.parametrize(
    "order", ["at", "size", "attempts", "cause", "exception", "origin", "trace", "header.tenant", "header.unique",
              "body.order.total", "body.mixed", "body.order.id", "body.items[1].sku", "address", "reason"],
)  # fmt: skip
@pytest.mark.parametrize("descending", [False, True])
def test_that_an_order_is_by_value_with_unknown_last(
    filled: tuple[DeadFile, int], order: str, *, descending: bool
) -> None:
    dead, snapshot = filled
    ordered = dead.numbers(snapshot, "attempts:>1", order, descending=descending)
    assert sorted(ordered) == dead.numbers(snapshot, "attempts:>1")
    unknown = set(dead.numbers(snapshot, f"attempts:>1 {order}:null"))
    known = len(ordered) - len(unknown)
    if order not in {"body.mixed", "body.order.total"}:  # an empty object has no place in an order
        assert set(ordered[known:]) == unknown
    rows = {row.n: row for row in dead.store.page(snapshot, "", offset=0, limit=300).rows}
    if order in {"at", "size", "attempts"}:
        values = [getattr(rows[n], order) for n in ordered[:known]]
        assert values == sorted(values, reverse=descending)
    if order == "cause":
        titles = [rows[n].title.casefold() for n in ordered]
        assert titles == sorted(titles, reverse=descending)


def test_that_letters_without_a_payload_are_found_by_what_is_known(tmp_path: Path) -> None:
    dead = DeadFile(tmp_path)
    snapshot = dead.read([letter("1", None, death=Death("max deliveries")), letter("2")])
    assert dead.numbers(snapshot, 'cause:"max deliveries"') == [1]
    assert dead.numbers(snapshot, "body.a:null") == [1, 2]
    assert isinstance(dead.store.letter(snapshot, 1).payload, Gone)
    dead.close()
