"""The shop's queues and programs as data, in words that every broker can carry."""

from dataclasses import dataclass

ORDER_PLACED = "orders.placed"
PAYMENT_CAPTURED = "payments.captured"
PARCEL_PACKED = "shipping.packed"
MAIL_QUEUED = "email.queued"

CARRIER_OLD = "carrier.v1.label"
CARRIER_NEW = "carrier.v2.label"

STOREFRONT = "storefront"
CARRIER = "carrier"

MAX_DELIVER = 3
ACK_WAIT_S = 1.0
RETRY_AFTER_S = 0.3
"""Before the second delivery; twice that before the third, so that a message dies within a second."""

CARRIER_PATIENCE_S = 0.25


@dataclass(frozen=True, slots=True)
class Channel:
    """One stage's queue: its messages are bounded in number and bytes, and in size each where `max_message` is set."""

    topic: str
    name: str
    max_message: int | None = None
    max_bytes: int = 64 * 1024 * 1024
    max_messages: int = 200_000

    @property
    def dead_name(self) -> str:
        """Its dead-letter queue, named so that its origin is found by name."""
        return f"{self.name}_DLQ"

    @property
    def dead_topic(self) -> str:
        """Where its dead letters are published."""
        return f"dlq.{self.topic}"


CHANNELS = (
    Channel(ORDER_PLACED, "ORDERS"),
    Channel(PAYMENT_CAPTURED, "PAYMENTS"),
    # Small on purpose: a bulk order does not fit, which is one of the real reasons to die.
    Channel(PARCEL_PACKED, "SHIPPING", max_message=8 * 1024),
    Channel(MAIL_QUEUED, "EMAIL"),
)


@dataclass(frozen=True, slots=True)
class Service:
    """A consuming program: it reads one channel with `lanes` messages at a time, each of which takes `work_s`."""

    name: str
    reads: Channel
    lanes: int = 4
    work_s: float = 0.01


ORDERS, PAYMENTS, SHIPPING, EMAIL = CHANNELS

SERVICES = (
    # About 100 a second: enough for every day, too little for a burst.
    Service("payment-capture", ORDERS, work_s=0.04),
    Service("fraud-check", ORDERS),
    Service("packing", PAYMENTS),
    Service("label-printer", SHIPPING),
    Service("mailer", EMAIL),
)

PROGRAMS = (STOREFRONT, CARRIER, *(service.name for service in SERVICES))

MENDED = ("payment-capture", "packing", "label-printer", "mailer")
"""The programs that the fix replaces."""


def service_named(name: str) -> Service:
    """The consuming program of that name; raises `KeyError` for any other."""
    return {service.name: service for service in SERVICES}[name]
