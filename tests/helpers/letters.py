"""Dead letters and the shipped rules, for tests."""

from importlib.resources import files

from adapters.api import DeadLetter, Death, Gone, Header, MessageRef, Origin, Payload, message_digest
from dashboard.core.causes import Normaliser, read_rules
from dashboard.core.conventions import Conventions, read_conventions


def shipped(name: str) -> str:
    return files("resources").joinpath(name).read_text("utf-8")


def conventions() -> Conventions:
    return read_conventions(shipped("conventions.toml"))


def normaliser() -> Normaliser:
    return Normaliser(read_rules(shipped("causes.toml")))


def letter(
    key: str = "1",
    body: bytes | None = b"{}",
    headers: dict[str, str | bytes] | list[tuple[str, str | bytes]] | None = None,
    *,
    death: Death = Death(),  # noqa: B008 - a frozen value
    origin: Origin | None = None,
    attempts: int | None = None,
) -> DeadLetter:
    pairs = headers.items() if isinstance(headers, dict) else headers or []
    values = tuple(
        Header(name, value if isinstance(value, bytes) else value.encode()) for name, value in pairs
    )
    payload = Gone("expired") if body is None else Payload(body, values)
    digest = message_digest(body or b"", "dlq", values)
    return DeadLetter(
        MessageRef(key, 0, digest), payload, "dlq", origin=origin, death=death, attempts=attempts
    )
