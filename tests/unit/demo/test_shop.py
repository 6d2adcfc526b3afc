from __future__ import annotations

import pytest

from dashboard.demo.orders import BULK_LINES, Mix, OrderMaker, next_span
from dashboard.demo.shop import (
    Document,
    DownstreamTimeout,
    Handler,
    ShopError,
    UnsupportedSchemaError,
    ValidationError,
    capture,
    carrier_answer,
    carrier_delay,
    check_fraud,
    pack,
    parse,
    print_label,
    render,
    send_mail,
)
from dashboard.demo.topology import CARRIER_NEW, CARRIER_OLD, CARRIER_PATIENCE_S, SHIPPING

SOUND = Mix()
CHAIN: tuple[Handler, ...] = (capture, pack, print_label, send_mail)


async def ask(topic: str, question: Document) -> Document:
    if carrier_delay(topic, question) > CARRIER_PATIENCE_S:
        raise DownstreamTimeout(topic)
    return carrier_answer(question)


async def fate(body: bytes, *, fixed: bool) -> type[ShopError] | None:
    """Where the chain ends: the error that stopped it, None where the mail went out."""
    document = parse(body)
    for step in CHAIN:
        try:
            result = await step(document, ask, fixed=fixed)
        except ShopError as error:
            return type(error)
        if result is None:
            return None
        document = parse(render(result[1]))
    return None


async def test_that_sound_orders_pass_every_program() -> None:
    maker = OrderMaker(7)
    assert {await fate(maker.make(SOUND).body, fixed=False) for _ in range(200)} == {None}


@pytest.mark.parametrize(
    ("mix", "error"),
    [
        (Mix(currency=1), ValidationError),
        (Mix(schema=1), UnsupportedSchemaError),
        (Mix(remote=1), DownstreamTimeout),
        (Mix(address=1), ValidationError),
    ],
)
async def test_that_a_flaw_stops_the_old_version_and_not_the_repaired_one(
    mix: Mix, error: type[ShopError]
) -> None:
    body = OrderMaker(7).make(mix).body
    assert await fate(body, fixed=False) is error
    assert await fate(body, fixed=True) is None


async def test_that_a_bulk_order_outgrows_the_next_queue_until_it_is_repaired() -> None:
    payment = parse(OrderMaker(7).make(Mix(bulk=1)).body)
    sizes = []
    for fixed in (False, True):
        result = await pack(payment, ask, fixed=fixed)
        assert result is not None
        sizes.append(len(render(result[1])))
    assert SHIPPING.max_message is not None
    assert sizes[0] > SHIPPING.max_message > sizes[1]


async def test_that_the_other_reader_of_orders_does_not_stumble_over_flaws() -> None:
    maker = OrderMaker(3)
    for mix in (Mix(currency=1), Mix(schema=1), Mix(bulk=1), Mix(remote=1), Mix(address=1)):
        assert await check_fraud(parse(maker.make(mix).body), ask, fixed=False) is None


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[1]", b'"text"', b"{", bytes(range(256))])
def test_that_a_body_that_is_no_object_is_a_validation_error(body: bytes) -> None:
    with pytest.raises(ValidationError):
        parse(body)


@pytest.mark.parametrize("step", CHAIN)
async def test_that_a_missing_field_is_named(step: Handler) -> None:
    with pytest.raises(ValidationError, match=r"field '\w+' is missing"):
        await step({}, ask, fixed=True)


def test_that_a_seed_gives_the_same_orders() -> None:
    one, two, other = OrderMaker(5), OrderMaker(5), OrderMaker(6)
    first = [one.make(Mix(currency=0.3)) for _ in range(20)]
    assert first == [two.make(Mix(currency=0.3)) for _ in range(20)]
    assert first != [other.make(Mix(currency=0.3)) for _ in range(20)]


def test_that_flaws_come_in_their_shares() -> None:
    maker = OrderMaker(5)
    mix = Mix(currency=0.2, schema=0.1, bulk=0.05)
    orders = [parse(maker.make(mix).body) for _ in range(2_000)]
    assert 340 < sum(order["currency"] == "EURO" for order in orders) < 460
    assert 150 < sum(order["schema"] == 3 for order in orders) < 250
    assert 60 < sum(len(order["lines"]) == BULK_LINES for order in orders) < 140


@pytest.mark.parametrize("shares", [{"currency": -0.1}, {"currency": 0.6, "schema": 0.6}])
def test_that_impossible_shares_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Mix(**shares)


def test_that_an_effect_keeps_the_trace_of_its_cause() -> None:
    maker = OrderMaker(5)
    parent = maker.make(SOUND).headers["traceparent"]
    child = next_span(parent, maker._random)
    assert child.split("-")[1] == parent.split("-")[1]
    assert child.split("-")[2] != parent.split("-")[2]
    assert len(next_span("rubbish", maker._random)) == len(parent)


def test_that_only_the_old_interface_of_the_carrier_is_slow_and_only_for_norway() -> None:
    assert carrier_delay(CARRIER_OLD, {"country": "NO"}) > CARRIER_PATIENCE_S
    assert carrier_delay(CARRIER_OLD, {"country": "DE"}) == 0
    assert carrier_delay(CARRIER_NEW, {"country": "NO"}) == 0
