"""The shop's programs as ordinary NATS clients: storefront, carrier and consumers, by nats-py alone."""

import asyncio
import random
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error, NoRespondersError
from nats.errors import TimeoutError as NoAnswer
from nats.js import JetStreamContext
from nats.js.errors import APIError

from dashboard.demo.job import Job, Levers
from dashboard.demo.orders import OrderMaker, next_span
from dashboard.demo.shop import (
    HANDLERS,
    Document,
    DownstreamTimeout,
    MessageTooLarge,
    ShopError,
    carrier_answer,
    carrier_delay,
    parse,
    render,
)
from dashboard.demo.topology import (
    CARRIER,
    CARRIER_NEW,
    CARRIER_OLD,
    CARRIER_PATIENCE_S,
    MAX_DELIVER,
    ORDER_PLACED,
    RETRY_AFTER_S,
    STOREFRONT,
    Service,
    service_named,
)

_TICK_S = 0.05
_TOO_LARGE = 10054
"""The server's error code for a message over the stream's `max_msg_size` (JSStreamMessageExceedsMaximumErr)."""


async def connect(url: str, name: str) -> Client:
    """A client that keeps trying: the shop's programs outlive a restart of their broker."""

    async def log(error: Exception) -> None:
        print(f"{name}: {error!r}", file=sys.stderr, flush=True)  # noqa: T201 - the program's log

    return await nats.connect(
        url,
        name=f"shop {name}",
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.2,
        connect_timeout=2,
        error_cb=log,
    )


async def run(job: Job, levers: Levers, ready: Callable[[], None]) -> None:
    """Does the job until `levers.stop`; what is in hand is finished first."""
    client = await connect(job.url, f"{job.service} {job.version}")
    try:
        if job.service == STOREFRONT:
            ready()
            await Storefront(client, job, levers).run()
        elif job.service == CARRIER:
            await _carry(client, levers, ready)
        else:
            await Consumer(client, job, levers).run(ready)
    finally:
        with suppress(Error, OSError):
            await client.close()


class Storefront:
    """Places orders at the rate and with the mix it is told."""

    def __init__(self, client: Client, job: Job, levers: Levers) -> None:
        self._jetstream = client.jetstream(timeout=2)
        self._maker = OrderMaker(job.seed)
        self._levers = levers

    async def run(self) -> None:
        """Places orders until it is told to stop."""
        due = 0.0
        loop = asyncio.get_running_loop()
        then = loop.time()
        while not self._levers.stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_TICK_S):
                    await self._levers.stop.wait()
            now = loop.time()
            # A pause of the machine is not made up for: that would be a burst nobody asked for.
            due = min(due + (now - then) * self._levers.knobs.rate, self._levers.knobs.rate)
            then = now
            count, due = int(due), due % 1
            await asyncio.gather(*(self._place() for _ in range(count)))

    async def _place(self) -> None:
        order = self._maker.make(self._levers.knobs.mix)
        headers = {**order.headers, "Nats-Msg-Id": f"placed-{order.number}"}
        try:
            await self._jetstream.publish(ORDER_PLACED, order.body, headers=headers)
        except Error as error:
            print(f"order {order.number} was not placed: {error}", file=sys.stderr, flush=True)  # noqa: T201


async def _carry(client: Client, levers: Levers, ready: Callable[[], None]) -> None:
    async def answer(msg: Msg) -> None:
        question = parse(msg.data)
        await asyncio.sleep(carrier_delay(msg.subject, question))
        await msg.respond(render(carrier_answer(question)))

    tasks: set[asyncio.Task[None]] = set()

    async def take(msg: Msg) -> None:
        task = asyncio.create_task(answer(msg))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    for topic in (CARRIER_OLD, CARRIER_NEW):
        await client.subscribe(topic, cb=take)
    await client.flush()
    ready()
    await levers.stop.wait()
    for task in tasks:
        task.cancel()


class Consumer:
    """Reads one stream by a durable consumer in a few lanes; what fails `MAX_DELIVER` times is dead-lettered."""

    def __init__(self, client: Client, job: Job, levers: Levers) -> None:
        self._client = client
        self._jetstream = client.jetstream(timeout=2)
        self._job = job
        self._levers = levers
        self._service: Service = service_named(job.service)
        self._handle = HANDLERS[job.service]
        self._random = random.Random(job.seed)

    async def run(self, ready: Callable[[], None]) -> None:
        """Works in all lanes until it is told to stop."""
        channel = self._service.reads
        lanes = [
            await self._jetstream.pull_subscribe_bind(consumer=self._service.name, stream=channel.name)
            for _ in range(self._service.lanes)
        ]
        ready()
        await asyncio.gather(*(self._lane(lane) for lane in lanes))

    async def _lane(self, lane: JetStreamContext.PullSubscription) -> None:
        while not self._levers.stop.is_set():
            try:
                for msg in await lane.fetch(1, timeout=0.5):
                    await self._take(msg)
            except NoAnswer:
                continue
            except Error as error:
                # The broker is away or refused: the message comes again once its ack wait is over.
                print(f"{self._job.service}: {error!r}", file=sys.stderr, flush=True)  # noqa: T201
                await asyncio.sleep(RETRY_AFTER_S)

    async def _take(self, msg: Msg) -> None:
        await asyncio.sleep(self._service.work_s + self._levers.knobs.extra_s)
        try:
            result = await self._handle(parse(msg.data), self._ask, fixed=self._job.fixed)
            if result is not None:
                await self._pass_on(msg, *result)
        except ShopError as error:
            await self._fail(msg, error)
        else:
            await msg.ack()

    async def _ask(self, topic: str, question: Document) -> Document:
        try:
            answer = await self._client.request(topic, render(question), timeout=CARRIER_PATIENCE_S)
        except (NoAnswer, NoRespondersError) as error:
            patience = int(CARRIER_PATIENCE_S * 1000)
            place = question.get("country")
            raise DownstreamTimeout(f"no answer from {topic} within {patience} ms for {place}") from error
        return parse(answer.data)

    async def _pass_on(self, msg: Msg, topic: str, document: Document) -> None:
        parent = (msg.headers or {}).get("traceparent", "")
        headers = {
            "content-type": "application/json",
            "traceparent": next_span(parent, self._random),
            "Nats-Msg-Id": f"{topic}-{document.get('order')}",
        }
        body = render(document)
        try:
            await self._jetstream.publish(topic, body, headers=headers)
        except APIError as error:
            if error.err_code != _TOO_LARGE:
                raise
            raise MessageTooLarge(
                f"a message of {len(body)} bytes was refused by {topic}: {error.description}"
            ) from error

    async def _fail(self, msg: Msg, error: ShopError) -> None:
        attempts = msg.metadata.num_delivered
        if attempts < MAX_DELIVER:
            await msg.nak(delay=RETRY_AFTER_S * attempts)
            return
        channel = self._service.reads
        headers = {
            **application_headers(msg.headers or {}),
            **failure_headers(error, self._job, msg),
        }
        await self._jetstream.publish(channel.dead_topic, msg.data, headers=headers)
        await msg.ack()


def application_headers(headers: dict[str, str]) -> dict[str, str]:
    """The headers that belong to the application: an old `Nats-Msg-Id` would make the broker drop a second death."""
    return {name: value for name, value in headers.items() if not name.lower().startswith("nats-")}


def failure_headers(error: ShopError, job: Job, msg: Msg) -> dict[str, str]:
    """What a dead letter says about its death; a header holds one line, so the stack's lines are joined by ` | `."""
    stack = " | ".join(
        f"{frame.name} ({frame.filename.rsplit('/', 1)[-1]}:{frame.lineno})"
        for frame in traceback.extract_tb(error.__traceback__)
    )
    return {
        "x-exception": type(error).__name__,
        "x-error": str(error),
        "x-stack": stack,
        "x-original-subject": msg.subject,
        "x-original-stream": msg.metadata.stream,
        "x-consumer": job.service,
        "x-consumer-version": job.version,
        "x-attempts": str(msg.metadata.num_delivered),
        "x-failed-at": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
