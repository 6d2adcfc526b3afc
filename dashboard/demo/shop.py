"""The shop's rules, free of any broker: what an order looks like, what each program does with it, why it may fail."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from dashboard.demo.topology import (
    CARRIER_NEW,
    CARRIER_OLD,
    MAIL_QUEUED,
    PARCEL_PACKED,
    PAYMENT_CAPTURED,
)

CURRENCIES = frozenset({"CHF", "EUR", "GBP", "NOK", "SEK", "USD"})
SCHEMAS_OLD = frozenset({1, 2})
SCHEMAS_NEW = frozenset({1, 2, 3})
LINES_INLINE = 40

Document = dict[str, Any]
Ask = Callable[[str, Document], Awaitable[Document]]
Result = tuple[str, Document] | None
"""Topic and document of the next message; None where the chain ends."""


class ShopError(Exception):
    """A message cannot be handled; its class name and text are what its dead letter says."""


class ValidationError(ShopError):
    """A field is missing or holds what it may not."""


class UnsupportedSchemaError(ShopError):
    """The message is of a version that this program does not know."""


class DownstreamTimeout(ShopError):
    """Another party did not answer in time."""


class MessageTooLarge(ShopError):
    """The next queue does not take a message of this size."""


def parse(body: bytes) -> Document:
    """The document in a body; raises `ValidationError` for anything but a JSON object."""
    try:
        document = json.loads(body)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValidationError(f"body is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise ValidationError(f"body is a {type(document).__name__}, not an object")
    return document


def render(document: Mapping[str, Any]) -> bytes:
    """The bytes of a document."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def _field(document: Document, name: str) -> Any:
    try:
        return document[name]
    except KeyError:
        raise ValidationError(f"field '{name}' is missing") from None


async def capture(order: Document, ask: Ask, *, fixed: bool) -> Result:
    """Captures the payment of an order; the old version knows neither schema 3 nor the word EURO."""
    del ask
    schema = _field(order, "schema")
    if schema not in (SCHEMAS_NEW if fixed else SCHEMAS_OLD):
        raise UnsupportedSchemaError(f"order schema version {schema} is not supported, expected 1 or 2")
    currency = _field(order, "currency")
    if fixed and currency == "EURO":
        currency = "EUR"
    if currency not in CURRENCIES:
        raise ValidationError(
            f"currency '{currency}' is not an ISO 4217 code in order {_field(order, 'order')}"
        )
    return PAYMENT_CAPTURED, {**order, "schema": 2, "currency": currency, "captured": True}


async def check_fraud(order: Document, ask: Ask, *, fixed: bool) -> Result:
    """Looks at an order without changing it: the second reader of the same queue."""
    del ask, fixed
    if _field(order, "amount") < 0:
        raise ValidationError("amount is negative")
    return None


async def pack(payment: Document, ask: Ask, *, fixed: bool) -> Result:
    """Packs a parcel; the old version puts every line of a bulk order into the next message."""
    del ask
    lines = _field(payment, "lines")
    names: tuple[str, ...] = ("order", "email", "country", "amount")
    parcel = {name: payment[name] for name in names if name in payment}
    if fixed and len(lines) > LINES_INLINE:
        return PARCEL_PACKED, {**parcel, "lines_at": f"orders/{_field(payment, 'order')}/lines"}
    return PARCEL_PACKED, {**parcel, "lines": lines}


async def print_label(parcel: Document, ask: Ask, *, fixed: bool) -> Result:
    """Asks the carrier for a label; the old version asks an interface that does not answer for Norway in time."""
    question = {"order": _field(parcel, "order"), "country": _field(parcel, "country")}
    answer = await ask(CARRIER_NEW if fixed else CARRIER_OLD, question)
    mail = {"order": question["order"], "to": _field(parcel, "email"), "label": answer.get("label")}
    return MAIL_QUEUED, mail


async def send_mail(mail: Document, ask: Ask, *, fixed: bool) -> Result:
    """Sends the confirmation; the old version stumbles over blanks around an address."""
    del ask
    address = str(_field(mail, "to"))
    if fixed:
        address = address.strip()
    if address != address.strip() or "@" not in address:
        raise ValidationError(f"recipient '{address}' is not an e-mail address")
    return None


Handler = Callable[..., Awaitable[Result]]

HANDLERS: Mapping[str, Handler] = {
    "payment-capture": capture,
    "fraud-check": check_fraud,
    "packing": pack,
    "label-printer": print_label,
    "mailer": send_mail,
}


def carrier_delay(topic: str, question: Document) -> float:
    """Seconds until the carrier answers: its old interface waits for customs when a parcel leaves the union."""
    return 2.0 if topic == CARRIER_OLD and question.get("country") == "NO" else 0.0


def carrier_answer(question: Document) -> Document:
    """The carrier's answer."""
    return {"label": f"LBL-{question.get('country', '??')}-{question.get('order', '?')}"}
