"""Makes the storefront's orders: seeded, so that the same seed gives the same shop."""

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dashboard.demo.shop import Document, render

_NAMES = ("ada", "berta", "chidi", "dora", "emil", "farid", "greta", "hana", "ivo", "jun", "kofi", "lena")
_COUNTRIES = {"DE": "EUR", "FR": "EUR", "AT": "EUR", "GB": "GBP", "CH": "CHF", "SE": "SEK", "US": "USD"}
_SKUS = tuple(f"SKU-{number:04d}" for number in range(1, 400))
BULK_LINES = 400


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of orders, from 0 to 1, that carry one flaw each; the rest is sound."""

    currency: float = 0.0
    schema: float = 0.0
    bulk: float = 0.0
    remote: float = 0.0
    address: float = 0.0

    def __post_init__(self) -> None:
        """Refuses shares that make no sense."""
        shares = list(asdict(self).values())
        if any(share < 0 for share in shares) or sum(shares) > 1:
            raise ValueError(f"shares must lie between 0 and 1 together: {shares}")


EVERY_DAY = Mix(currency=0.008, schema=0.006, bulk=0.004, remote=0.006, address=0.006)


@dataclass(frozen=True, slots=True)
class Order:
    """One order as the storefront sends it."""

    number: str
    body: bytes
    headers: Mapping[str, str]


class OrderMaker:
    """Makes one order after the other from a seed; `start` is the number of the first."""

    def __init__(self, seed: int, start: int = 1) -> None:
        self._random = random.Random(seed)
        self._next = start

    def make(self, mix: Mix) -> Order:
        """The next order, flawed by the shares of `mix`."""
        number = f"o-{self._next:06d}"
        self._next += 1
        document = self._sound(number)
        self._spoil(document, mix)
        headers = {
            "content-type": "application/json",
            "shop-region": "eu" if document["currency"] != "USD" else "us",
            "traceparent": traceparent(self._random),
        }
        return Order(number, render(document), headers)

    def _sound(self, number: str) -> Document:
        country = self._random.choice(tuple(_COUNTRIES))
        lines = self._lines(self._random.randint(1, 4))
        return {
            "schema": self._random.choice((1, 2, 2, 2)),
            "order": number,
            "email": f"{self._random.choice(_NAMES)}{self._random.randint(1, 999)}@example.com",
            "country": country,
            "currency": _COUNTRIES[country],
            "amount": sum(line["quantity"] * line["cents"] for line in lines),
            "lines": lines,
        }

    def _lines(self, count: int) -> list[dict[str, Any]]:
        chance = self._random
        return [
            {
                "sku": chance.choice(_SKUS),
                "quantity": chance.randint(1, 3),
                "cents": chance.randint(199, 9999),
            }
            for _ in range(count)
        ]

    def _spoil(self, document: Document, mix: Mix) -> None:
        draw = self._random.random()
        for flaw, share in asdict(mix).items():
            draw -= share
            if draw < 0:
                self._apply(flaw, document)
                return

    def _apply(self, flaw: str, document: Document) -> None:
        match flaw:
            case "currency":
                document["currency"] = "EURO"
            case "schema":
                document["schema"] = 3
            case "bulk":
                document["lines"] = self._lines(BULK_LINES)
            case "remote":
                document["country"] = "NO"
                document["currency"] = "NOK"
            case "address":
                document["email"] = f"{document['email']} "


def traceparent(chance: random.Random) -> str:
    """A W3C trace context of a new trace (https://www.w3.org/TR/trace-context/)."""
    return f"00-{chance.getrandbits(128) | 1:032x}-{chance.getrandbits(64) | 1:016x}-01"


def next_span(parent: str, chance: random.Random) -> str:
    """The trace context of a step caused by `parent`; a new trace where `parent` is none."""
    parts = parent.split("-")
    if len(parts) != 4 or len(parts[1]) != 32:
        return traceparent(chance)
    return f"{parts[0]}-{parts[1]}-{chance.getrandbits(64) | 1:016x}-{parts[3]}"
