"""Header blocks survive a round trip byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.api import Header, Refused
from adapters.nats.headers import build, parse, split_direct, status, strip_control

LINES = st.lists(st.binary(min_size=1, max_size=30).filter(lambda it: b"\r\n" not in it), max_size=6)


@given(LINES)
def test_that_any_lines_come_back_as_they_were(lines: list[bytes]) -> None:
    block = b"NATS/1.0\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"
    headers = parse(block)
    assert len(headers) == len(lines)
    if any(bad(line) for line in lines):
        return
    assert build(headers) == (block if lines else b"")


def bad(line: bytes) -> bool:
    """What the wire can hold and a header of ours may not: no name, or a line break in it."""
    name = line.partition(b":")[0]
    return not name or b"\r" in name or b"\n" in name or line.endswith(b"\r")


@pytest.mark.parametrize(
    "block",
    [
        b"NATS/1.0 503\r\n\r\n",
        b"NATS/1.0 100 Idle Heartbeat\r\nA: 1\r\n\r\n",
        b"NATS/1.0\r\nA:1\r\nA: 1\r\nA:  1 \r\n\r\n",
    ],
)
def test_that_odd_blocks_come_back_as_they_were(block: bytes) -> None:
    assert build(parse(block)) == block


@pytest.mark.parametrize("block", [b"", b"NATS/1.0\r\n\r\n"])
def test_that_no_headers_are_none(block: bytes) -> None:
    assert parse(block) == ()
    assert build(()) == b""


@pytest.mark.parametrize("block", [b"x", b"\r\n", b"NATS", b"\xff\xff\r\n\r\n:", b"NATS/1.0"])
def test_that_garbage_is_read_without_an_error(block: bytes) -> None:
    assert isinstance(parse(block), tuple)


@pytest.mark.parametrize(
    ("block", "number"),
    [
        (b"NATS/1.0 503\r\n\r\n", 503),
        (b"NATS/1.0 204 EOB\r\n\r\n", 204),
        (b"NATS/1.0\r\nA: 1\r\n\r\n", None),
        (b"NATS/1.0 no\r\n\r\n", None),
        (b"", None),
    ],
)
def test_that_a_status_is_read(block: bytes, number: int | None) -> None:
    assert status(block) == number


def test_that_control_headers_are_left_out_and_all_others_kept_in_order() -> None:
    names = ["A", "Nats-Msg-Id", "B", "Nats-Expected-Last-Msg-Id", "Nats-TTL", "Nats-Rollup", "A",
             "Nats-Schedule", "Nats-Schedule-TTL", "Nats-Batch-Commit", "Nats-Stream-Source", "nats-msg-id"]  # fmt: skip
    left = strip_control([Header(name, b"1") for name in names])
    assert [it.name for it in left] == ["A", "B", "A", "Nats-Stream-Source", "nats-msg-id"]


def test_that_only_the_servers_own_headers_of_a_direct_get_are_taken_off() -> None:
    own = (Header("Nats-Sequence", b"mine"), Header("X", b"1"), Header("Nats-Subject", b"mine"))
    server = (Header("Nats-Stream", b"S"), Header("Nats-Subject", b"s"), Header("Nats-Sequence", b"7"))
    left, added = split_direct((*own, *server))
    assert left == own
    assert added == {"Nats-Stream": b"S", "Nats-Subject": b"s", "Nats-Sequence": b"7"}


@pytest.mark.parametrize(
    "header",
    [
        Header("A", b"x\r\nB: 1"),
        Header("A\r", b""),
        Header("A\nB", b""),
        Header("", b"x"),
        Header("a:b", b""),
    ],
)
def test_that_a_header_cannot_break_out_of_its_line(header: Header) -> None:
    with pytest.raises(Refused):
        build([header])
