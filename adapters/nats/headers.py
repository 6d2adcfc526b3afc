"""NATS header blocks, byte-exact: repeated names, order, odd spacing and non-UTF-8 survive a round trip.

nats-py keeps headers in a dict of strings: repeated names, order and bytes outside UTF-8 are lost there.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from adapters.api import Header, Refused

_VERSION = b"NATS/1.0"
_TIGHT = "tight"
_LINE = "line"
_STATUS = "status"

MSG_ID = "Nats-Msg-Id"

_CONTROL = frozenset({MSG_ID, "Nats-TTL", "Nats-Rollup"})
_CONTROL_PREFIXES = ("Nats-Expected-", "Nats-Schedule", "Nats-Batch-")


def parse(block: bytes) -> tuple[Header, ...]:
    """The headers of a block as stored; empty for an empty block.

    `Header.type` is empty for `Name: value`, "tight" where no space follows the colon, "line" for a line without
    a colon, "status" for what follows the version in the first line.
    """
    if not block:
        return ()
    lines = block.split(b"\r\n")
    headers = [] if lines[0] == _VERSION else [Header("", lines[0].removeprefix(_VERSION), _STATUS)]
    for line in lines[1:]:
        name, colon, value = line.partition(b": ")
        if colon and b":" not in name:
            headers.append(Header(_text(name), value))
        elif line:
            headers.append(_odd(line))
    return tuple(headers)


@lru_cache(2048)
def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _odd(line: bytes) -> Header:
    """A line that is not `Name: value`."""
    name, colon, value = line.partition(b":")
    text = name.decode("utf-8", "surrogateescape")
    return Header(text, value, _TIGHT) if colon else Header(text, b"", _LINE)


def build(headers: Iterable[Header]) -> bytes:
    """The block for these headers; empty for none. Raises `Refused` for what would break out of its line."""
    first = _VERSION
    lines: list[bytes] = []
    for header in headers:
        value = header.value
        if b"\r\n" in value:
            raise Refused("A header holds a line break, which NATS cannot carry.", hint="Edit it first.")
        if header.type == _STATUS:
            first = _VERSION + value
        else:
            lines.append(_start(header.name, header.type) + value)
    if not lines and first == _VERSION:
        return b""
    return b"\r\n".join((first, *lines, b"", b""))


@lru_cache(2048)
def _start(name: str, kind: str) -> bytes:
    """What stands before a header's value. Remembered, since a run sends the same names thousands of times."""
    raw = name.encode("utf-8", "surrogateescape")
    if b"\n" in raw or b"\r" in raw:
        raise Refused("A header holds a line break, which NATS cannot carry.", hint="Edit it first.")
    if kind == _LINE:
        return raw
    if not raw or b":" in raw:
        raise Refused("A header has no name that NATS can carry.", hint="Edit it first.")
    return raw + (b":" if kind == _TIGHT else b": ")


def strip_control(headers: Iterable[Header]) -> list[Header]:
    """Without what would make the server treat a copy specially (duplicate, expectation, time to live, schedule)."""
    return [it for it in headers if not _is_control(it.name)]


@lru_cache(2048)
def _is_control(name: str) -> bool:
    return name in _CONTROL or name.startswith(_CONTROL_PREFIXES)


def status(block: bytes) -> int | None:
    """The status in a block's first line: 503 no responders, 404 not found, 204 end of a batch."""
    word = block[len(_VERSION) + 1 : len(_VERSION) + 4]
    return int(word) if block[len(_VERSION) : len(_VERSION) + 1] == b" " and word.isdigit() else None


_ADDED = (
    "Nats-Stream",
    "Nats-Subject",
    "Nats-Sequence",
    "Nats-Time-Stamp",
    "Nats-Num-Pending",
    "Nats-Last-Sequence",
)


def split_direct(headers: Sequence[Header]) -> tuple[tuple[Header, ...], dict[str, bytes]]:
    """A direct get's own headers apart from the message's.

    The server appends its own after the message's (genHeader in nats-server), so each name is taken once, from the
    end: a message that itself carries `Nats-Sequence` keeps it.
    """
    added: dict[str, bytes] = {}
    end = len(headers)
    while end and headers[end - 1].name in _ADDED and headers[end - 1].name not in added:
        end -= 1
        added[headers[end].name] = headers[end].value
    return tuple(headers[:end]), added
