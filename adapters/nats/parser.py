"""Takes messages of chosen subscriptions off the wire in one step, and leaves all else to nats-py's parser.

nats-py matches each message twice by regular expressions, shifts its buffer and awaits a coroutine for it: about two
thirds of the time that a redrive spends. Answers to bulk requests need none of that. Anything unusual (another
operation, another subscription, a line that is not understood) goes to the driver with all that follows it, until its
buffer is empty again.
"""

from collections.abc import Callable
from typing import Protocol

from nats.aio.client import Client
from nats.protocol.parser import AWAITING_CONTROL_LINE, Parser

Handler = Callable[[bytes, bytes, bytes], None]
"""Takes subject, header block and body."""

_END = b"\r\n"
_NEED_MORE = -1
_NOT_OURS = -2


class RawRoutes(Protocol):
    """Which subscriptions are taken here."""

    def handler(self, sid: int) -> Handler | None:
        """Who takes the messages of a subscription; None: the driver."""
        ...


class BulkParser(Parser):
    """The driver's parser with a short way in front."""

    def __init__(self, client: Client, routes: RawRoutes) -> None:
        self._routes = routes
        self._parts: list[bytes] = []
        self._held = 0
        self._needed = 0
        super().__init__(client)

    def reset(self) -> None:
        """Forgets what has begun."""
        super().reset()
        self._parts, self._held, self._needed = [], 0, 0

    async def parse(self, data: bytes = b"") -> None:
        """Takes what arrived."""
        if self.buf or self.state != AWAITING_CONTROL_LINE:
            await super().parse(data)
            return
        if self._parts:
            # A large message comes in hundreds of pieces: they are joined once, when it is whole.
            self._parts.append(data)
            self._held += len(data)
            if self._held < self._needed:
                return
            data = b"".join(self._parts)
        self._parts = []
        at = 0
        while at < len(data):
            after = self._take(data, at)
            if after == _NEED_MORE:
                self._parts, self._held = [data[at:]], len(data) - at
                return
            if after == _NOT_OURS:
                await super().parse(data[at:])
                return
            at = after

    def _take(self, data: bytes, at: int) -> int:
        """Takes one message at `at`; returns where the next one begins."""
        self._needed = len(data) - at + 1
        line_end = data.find(_END, at)
        if line_end < 0:
            begun = data[at : at + 4]
            return _NEED_MORE if b"MSG ".startswith(begun) or b"HMSG".startswith(begun) else _NOT_OURS
        words = data[at:line_end].split(b" ")
        headers = words[0] == b"HMSG"
        if not (headers and len(words) in (5, 6)) and not (words[0] == b"MSG" and len(words) in (4, 5)):
            return _NOT_OURS
        if not (words[2].isdigit() and words[-1].isdigit() and (not headers or words[-2].isdigit())):
            return _NOT_OURS
        handler = self._routes.handler(int(words[2]))
        if handler is None:
            return _NOT_OURS
        start = line_end + 2
        end = start + int(words[-1])
        if end + 2 > len(data):
            self._needed = end + 2 - at
            return _NEED_MORE
        middle = start + int(words[-2]) if headers else start
        handler(words[1], data[start:middle], data[middle:end])
        return end + 2
