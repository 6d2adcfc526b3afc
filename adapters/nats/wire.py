"""nats-py with header bytes as they are on the wire.

`RawClient` reaches into nats-py (pinned below 3; tests notice when a hook is no longer called): `_ps`, its parser, is
replaced by one that hands over header bytes before they become a dict of strings, and what still comes by the driver's
way is caught in `_process_msg`; `_process_err` lower-cases what the
server says; and publishing goes through `_send_command` with the frame built here, because `publish` takes a dict of
strings too.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from nats.aio.client import Client
from nats.errors import SecureConnWantedError

from adapters.api import RedriveError
from adapters.nats.parser import BulkParser, Handler

_DENIED = re.compile(r'permissions violation for publish to "(.+?)"', re.IGNORECASE)


class Request(NamedTuple):
    """One frame to send: subject, body and header block."""

    subject: str
    body: bytes = b""
    head: bytes = b""


class Answer(NamedTuple):
    """One message that came back: header block and body."""

    head: bytes
    body: bytes


Result = Answer | RedriveError


class RawClient(Client):
    """nats-py whose messages for chosen subscriptions arrive with their header bytes."""

    def __init__(self, *, want_tls: bool = False) -> None:
        super().__init__()
        self._want_tls = want_tls
        self._raw: dict[int, Handler] = {}
        self._ps = BulkParser(self, self)
        self.on_denied: Callable[[str], None] | None = None
        self.gone: asyncio.Future[None] | None = None

    @property
    def server_id(self) -> str:
        """The id of the server process that is connected; a restart makes a new one."""
        return str(self._server_info.get("server_id", ""))

    def route_raw(self, sid: int, handler: Handler) -> None:
        """Messages of a subscription go to `handler`."""
        self._raw[sid] = handler

    def handler(self, sid: int) -> Handler | None:
        """Who takes the messages of a subscription."""
        return self._raw.get(sid)

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes) -> None:
        # What came together with another operation was read by the driver's parser.
        handler = self._raw.get(sid)
        if handler is None:
            await super()._process_msg(sid, subject, reply, data, headers)
        else:
            handler(subject, headers or b"", data)

    async def _read_loop(self) -> None:
        # The driver's reading task closes the connection itself, and the socket may break once more under that: nobody
        # waits for that task, so its error would be lost and the end of the connection with it.
        try:
            await super()._read_loop()
        except OSError:
            self.abort()
            self.ended()

    async def _process_err(self, err_msg: str) -> None:
        found = _DENIED.search(err_msg)
        if found and self.on_denied is not None:
            self.on_denied(found[1])
            return
        await super()._process_err(err_msg)

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:  # noqa: FBT001, FBT002 - the driver's signature
        # nats-py upgrades only where the server insists; a tls:// address asks for it where it is merely offered.
        if initial_connection and self._want_tls and info.get("tls_available"):
            self._server_info["tls_required"] = True
        await super()._process_info(info, initial_connection)

    def _connect_command(self) -> bytes:
        # nats-py would send the password in the clear to a server without TLS, also for a tls:// address.
        if self._want_tls and not self._server_info.get("tls_required"):
            raise SecureConnWantedError
        return super()._connect_command()

    def begin(self) -> None:
        """Makes `gone`, which is done once the connection ended; before connecting."""
        self.gone = asyncio.get_running_loop().create_future()

    def ended(self) -> None:
        """Marks the connection as ended."""
        if self.gone is not None and not self.gone.done():
            self.gone.set_result(None)

    def abort(self, *, closing: bool = False) -> None:
        """Closes the socket without a word; nothing happens where there is none.

        `closing`: also one whose closing waits for the other side to read. One that has closed breaks on that.
        """
        writer: asyncio.StreamWriter | None = getattr(self._transport, "_io_writer", None)
        if writer is not None and (closing or not writer.is_closing()):
            writer.transport.abort()

    async def push(self, frames: bytes, within: float) -> bool:
        """Hands frames to the socket and waits until its buffer has room again; False when the connection ended.

        The driver's own forced flush swallows a cancellation and waits without end, so the flusher is asked here.
        Where it does not come round in time, nothing reads at the other end: the connection is aborted.
        """
        if not self.is_connected or self._flush_queue is None or self.gone is None:
            return False
        await self._send_command(frames)
        flushed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._flush_queue.put(flushed)
        await asyncio.wait({flushed, self.gone}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        if not flushed.done():
            self.abort()
        return flushed.done() and self.is_connected


def frame(request: Request, reply: bytes) -> bytes:
    """The request as PUB or HPUB, to be answered on `reply`."""
    subject = request.subject.encode()
    size = len(request.head) + len(request.body)
    if request.head:
        return b"HPUB %b %b %d %d\r\n%b%b\r\n" % (
            subject,
            reply,
            len(request.head),
            size,
            request.head,
            request.body,
        )
    return b"PUB %b %b %d\r\n%b\r\n" % (subject, reply, size, request.body)
