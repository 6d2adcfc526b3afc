"""What is sent for a dead letter: its bytes and headers, with our own headers added; pure."""

from collections.abc import Callable, Iterable
from datetime import datetime

from adapters.api import (
    COUNT_HEADER,
    FIRST_FAILED_HEADER,
    OWN_HEADERS,
    RUN_HEADER,
    DeadLetter,
    Gone,
    Header,
    Outgoing,
    Payload,
    Refusal,
    TargetRef,
)
from dashboard.core.runs import Rules

FailureNames = Callable[[DeadLetter], Iterable[str]]
"""The names of the headers in which the failing side wrote why a message died, in lower case."""


def run_key(run: str, n: int) -> str:
    """The key under which item `n` of a run is sent."""
    return f"{run}/{n}"


def parse_run_key(value: str) -> tuple[str, int] | None:
    """Run and item of a `redrive-run` header; None for what we did not write."""
    run, slash, number = value.partition("/")
    if not slash or not run or not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return run, int(number)


def own_header(payload: Payload | Gone, name: str) -> str | None:
    """One of our own headers of a message; None where it is absent or not text."""
    if isinstance(payload, Gone):
        return None
    for header in payload.headers:
        if header.name.lower() == name:
            try:
                return header.value.decode("ascii").strip()
            except UnicodeDecodeError:
                return None
    return None


def redriven_count(payload: Payload | Gone) -> int:
    """How often a message was redriven before, by its own header; 0 where that says nothing."""
    value = own_header(payload, COUNT_HEADER)
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else 0


def outgoing(
    letter: DeadLetter,
    *,
    key: str,
    target: str | None,
    rules: Rules,
    failure_names: FailureNames,
    own: bool = True,
) -> Outgoing | Refusal:
    """The message to send, or why none is sent.

    The application's headers keep their bytes, order and repetitions. `own` False leaves our headers out: a restore
    puts back what was archived, unchanged.
    """
    if isinstance(letter.payload, Gone):
        return Refusal(f"the payload is gone: {letter.payload.why}")
    if target is None:
        return Refusal("its origin is not known")
    if not own:
        return Outgoing(TargetRef(target), letter.payload, key)
    payload = letter.payload
    failed = {name.lower() for name in failure_names(letter)} if rules.drop_failure_headers else ()
    kept: list[Header] = []
    ours = False
    for header in payload.headers:
        name = header.name.lower()
        if name in OWN_HEADERS:
            ours = True
        elif name not in failed:
            kept.append(header)
    # Nearly every message comes for the first time and has none of our headers to read.
    count = redriven_count(payload) if ours else 0
    if count >= rules.most:
        return Refusal(f"redriven {count} times already; the limit is {rules.most}")
    first = (own_header(payload, FIRST_FAILED_HEADER) if ours else None) or _stamp(
        letter.death.at or letter.at
    )
    kept.append(Header(RUN_HEADER, key.encode()))
    kept.append(Header(COUNT_HEADER, str(count + 1).encode()))
    if first:
        kept.append(Header(FIRST_FAILED_HEADER, first.encode("ascii", "replace")))
    return Outgoing(TargetRef(target), Payload(payload.body, tuple(kept)), key)


def _stamp(at: datetime | None) -> str:
    return at.isoformat(timespec="milliseconds") if at else ""
