"""The short way through the wire protocol sees what the driver's own parser sees, however the bytes arrive."""

from collections.abc import Sequence
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.errors import ProtocolError
from nats.protocol.parser import Parser

from adapters.nats.parser import BulkParser, Handler
from adapters.nats.wire import RawClient

OURS = 7


class Seen:
    """Stands for the client: writes down what a parser hands over."""

    def __init__(self) -> None:
        self.events: list[tuple[object, ...]] = []
        self.short = 0

    async def _process_msg(
        self, sid: int, subject: bytes, _reply: bytes, data: bytes, head: bytes | None
    ) -> None:
        self.events.append((sid, subject, head or b"", data))

    async def _process_ping(self) -> None:
        self.events.append(("ping",))

    async def _process_pong(self) -> None:
        self.events.append(("pong",))

    async def _process_err(self, text: str) -> None:
        self.events.append(("err", text))

    async def _process_info(self, info: dict[str, Any]) -> None:
        self.events.append(("info", str(info)))

    def handler(self, sid: int) -> Handler | None:
        return self._took if sid == OURS else None

    def _took(self, subject: bytes, head: bytes, body: bytes) -> None:
        self.short += 1
        self.events.append((OURS, subject, head, body))


HEAD = b"NATS/1.0\r\nA: 1\r\n\r\n"


def message(sid: int, body: bytes, head: bytes, reply: bytes) -> bytes:
    words = [b"HMSG" if head else b"MSG", b"in.box.1", b"%d" % sid]
    words += [reply] if reply else []
    words += [b"%d" % len(head)] if head else []
    words += [b"%d" % (len(head) + len(body))]
    return b" ".join(words) + b"\r\n" + head + body + b"\r\n"


FRAMES = st.one_of(
    st.builds(
        message,
        st.sampled_from([OURS, OURS, OURS, 8]),
        st.binary(max_size=40) | st.sampled_from([b"MSG a 7 3\r\nabc\r\n", b"\r\n", b"x" * 9000]),
        st.sampled_from([b"", HEAD]),
        st.sampled_from([b"", b"reply.to"]),
    ),
    st.sampled_from(
        [b"PING\r\n", b"PONG\r\n", b"+OK\r\n", b"-ERR 'Permissions Violation'\r\n", b'INFO {"a":1}\r\n']
    ),
)


async def feed(parser: Parser, stream: bytes, cuts: Sequence[int]) -> None:
    at = 0
    for cut in sorted({min(it, len(stream)) for it in cuts} | {len(stream)}):
        await parser.parse(stream[at:cut])
        at = cut


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAMES, max_size=8), st.lists(st.integers(0, 20_000), max_size=12))
async def test_that_both_parsers_see_the_same(frames: list[bytes], cuts: list[int]) -> None:
    short, driver = Seen(), Seen()
    await feed(BulkParser(cast(Client, short), short), b"".join(frames), cuts)
    await feed(Parser(driver), b"".join(frames), cuts)
    assert short.events == driver.events


async def test_that_a_message_of_ours_takes_the_short_way_even_byte_by_byte() -> None:
    seen = Seen()
    stream = message(OURS, b"body", HEAD, b"") * 3
    await feed(BulkParser(cast(Client, seen), seen), stream, range(len(stream)))
    assert seen.short == 3
    assert seen.events == [(OURS, b"in.box.1", HEAD, b"body")] * 3


@pytest.mark.parametrize(
    "line", [b"MSG a x 3\r\nabc\r\n", b"MSG a\r\n", b"HMSG a 7 9\r\n", b"NONSENSE\r\n", b"MSG a 7 three\r\n"]
)
async def test_that_what_is_no_protocol_is_the_drivers_error(line: bytes) -> None:
    seen = Seen()
    with pytest.raises(ProtocolError):
        await BulkParser(cast(Client, seen), seen).parse(line)


async def test_that_a_reset_forgets_what_has_begun() -> None:
    seen = Seen()
    parser = BulkParser(cast(Client, seen), seen)
    await parser.parse(message(OURS, b"body", b"", b"")[:-3])
    parser.reset()
    await parser.parse(message(OURS, b"other", b"", b""))
    assert seen.events == [(OURS, b"in.box.1", b"", b"other")]


@pytest.mark.parametrize("before", [b"", b"+OK\r\n", b"+OK\r\n+OK\r\n"])
async def test_that_a_client_hands_over_its_messages_whatever_came_with_them(before: bytes) -> None:
    client = RawClient()
    took: list[tuple[bytes, bytes]] = []
    client.route_raw(OURS, lambda _subject, head, body: took.append((head, body)))
    assert isinstance(client._ps, BulkParser)
    for head in (b"", HEAD):
        stream = before + message(OURS, b"body", head, b"") * 2
        for cut in range(len(stream)):
            took.clear()
            await client._ps.parse(stream[:cut])
            await client._ps.parse(stream[cut:])
            assert took == [(head, b"body")] * 2
