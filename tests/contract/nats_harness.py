"""A real NATS server behind the contract suite, reached by the adapter through a proxy that cuts."""

import base64
import json
from collections.abc import Sequence

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StorageType, StreamConfig

from adapters.api import Adapter, Payload, Services, TargetRef
from adapters.nats.adapter import make
from adapters.nats.headers import build, parse
from adapters.testing.harness import Harness
from dashboard.engine.clock import SystemClock
from tests.helpers.cut_proxy import CutProxy
from tests.helpers.nats_server import NatsServer
from tests.helpers.nats_world import plain, spec

STRIDE = 173
"""Bytes between two cuts: odd and small, so that cuts fall before, inside and after frames of every kind."""


class NatsHarness(Harness):
    """One server with a dead-letter stream and the stream of its origin.

    In memory: a file store may still be clearing away a deleted stream's folder when the same name is made anew.
    """

    name = "nats"
    source = "ORDERS_DLQ"
    target = TargetRef("orders.again")
    missing = TargetRef("nobody.here")
    follows = True

    def __init__(self, server: NatsServer, proxy: CutProxy, *, direct: bool) -> None:
        super().__init__()
        self.name = f"nats {'direct get' if direct else 'message get'}"
        self._server = server
        self._proxy = proxy
        self._direct = direct
        self._way = "up"
        self._whole: set[str] = set()

    async def connect(self) -> Adapter:
        adapter = make(spec(self._proxy.url), Services(SystemClock()))
        await adapter.open()
        return adapter

    def invalid(self, secret: str) -> Adapter:
        return make(
            spec("nats://127.0.0.1:1", {"user": "me"}, {"password": secret, "token": secret}),
            Services(SystemClock()),
        )

    async def reset(self) -> None:
        async with plain(self._server.url) as (_, js):
            for info in await js.streams_info():
                await js.delete_stream(str(info.config.name))
            await js.add_stream(
                StreamConfig(name="ORDERS", subjects=["orders.>"], storage=StorageType.MEMORY)
            )
            await self._make_source(js)

    async def _make_source(self, js: JetStreamContext) -> None:
        await js.add_stream(
            StreamConfig(
                name=self.source,
                subjects=["dlq.>"],
                allow_direct=self._direct,
                storage=StorageType.MEMORY,
            )
        )

    async def remake(self) -> None:
        async with plain(self._server.url) as (_, js):
            await js.delete_stream(self.source)
            await self._make_source(js)

    async def make_dead(self, payloads: Sequence[Payload]) -> None:
        async with plain(self._server.url) as (client, js):
            before = (await js.stream_info(self.source)).state.last_seq
            for payload in payloads:
                await _send(client, "dlq.orders.again", build(payload.headers), payload.body)
            await client.flush()
            while (await js.stream_info(self.source)).state.last_seq < before + len(payloads):
                await client.flush()

    async def read_all(self) -> Sequence[Payload]:
        return await self._stored(self.source)

    async def copies(self) -> Sequence[Payload]:
        return await self._stored("ORDERS")

    async def _stored(self, name: str) -> list[Payload]:
        async with plain(self._server.url) as (client, js):
            state = (await js.stream_info(name)).state
            found = [
                await _get(client, name, at) for at in range(max(1, state.first_seq), state.last_seq + 1)
            ]
        return [it for it in found if it is not None]

    async def arm(self, step: int) -> None:
        if step == 1:
            self._whole.clear()
        open_ways = [way for way in ("up", "down") if way not in self._whole]
        self._way = open_ways[step % len(open_ways)]
        at = (step + 1) // 2 * STRIDE
        self._proxy.cut_after(up=at if self._way == "up" else None, down=at if self._way == "down" else None)

    async def disarm(self) -> bool:
        broke = self._proxy.was_cut.is_set()
        if not broke:
            self._whole.add(self._way)
        self._proxy.cut_after()
        # One direction that passes whole says nothing of the other.
        return broke or len(self._whole) < 2

    async def sever(self) -> None:
        self._proxy.cut(stay_down=True)

    async def heal(self) -> None:
        self._proxy.heal()

    async def let_leases_end(self) -> None:
        """Nothing is ever leased."""


async def _send(client: Client, subject: str, head: bytes, body: bytes) -> None:
    size = len(head) + len(body)
    if head:
        await client._send_command(
            b"HPUB %b %d %d\r\n%b%b\r\n" % (subject.encode(), len(head), size, head, body)
        )
    else:
        await client.publish(subject, body)


async def _get(client: Client, name: str, sequence: int) -> Payload | None:
    asked = json.dumps({"seq": sequence}).encode()
    answer = await client.request(f"$JS.API.STREAM.MSG.GET.{name}", asked, timeout=5)
    message = json.loads(answer.data).get("message")
    if message is None:
        return None
    body, head = (base64.b64decode(message.get(part, "")) for part in ("data", "hdrs"))
    return Payload(body, parse(head))
