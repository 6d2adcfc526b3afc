"""kill -9 of `redrive run` at random moments: after `runs resume` every message is in one place, once."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter

import pytest
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from tests.helpers.dead_orders import ORIGIN, SOURCE, TARGET, connected
from tests.helpers.nats_server import NatsServer
from tests.helpers.program import Redrive
from tests.helpers.until import until

ROUNDS = int(os.environ.get("REDRIVE_KILLS", "3"))
COUNT = int(os.environ.get("REDRIVE_KILL_MESSAGES", "6000"))
SECONDS = 5.0
"""How long a run takes at its rate."""
WINDOW = 2 * 500
"""Two batches in flight: at most so many are sent twice."""


async def fill(js: JetStreamContext) -> None:
    await js.add_stream(name=ORIGIN, subjects=["orders.>"])
    await js.add_stream(name=SOURCE, subjects=["dlq.orders.>"])
    for start in range(0, COUNT, 1000):
        numbers = range(start, min(start + 1000, COUNT))
        futures = [await js.publish_async("dlq.orders.new", body(n), headers=headers(n)) for n in numbers]
        await asyncio.gather(*futures)


def body(number: int) -> bytes:
    return b"%d:" % number + bytes(range(256))


def headers(number: int) -> dict[str, str]:
    return {
        "X-Original-Subject": TARGET,
        "x-exception": "TimeoutError",
        "x-error": f"{number} ms",
        "n": str(number),
    }


async def bodies(js: JetStreamContext, stream: str) -> Counter[bytes]:
    """How often each body lies in a stream."""
    left = (await js.stream_info(stream)).state.messages
    if not left:
        return Counter()
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE)
    reader = await js.pull_subscribe(">", stream=stream, config=config)
    found: Counter[bytes] = Counter()
    while found.total() < left:
        found.update(message.data for message in await reader.fetch(1000, timeout=5))
    await reader.unsubscribe()
    return found


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("attempt", range(ROUNDS))
async def test_that_nothing_is_lost_or_doubled_by_kill_9(
    redrive: Redrive, server: NatsServer, attempt: int
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    delay = random.Random(seed).uniform(0.0, 0.9 * SECONDS)
    sys.stderr.write(f"attempt {attempt}: killed {delay:.3f} s after the first arrival\n")
    async with connected(server.url) as (_, js):
        await fill(js)
        process = await redrive.start("run", server.url, SOURCE, "--rate", str(COUNT / SECONDS), "--json")

        async def arriving() -> bool:
            return (await js.stream_info(ORIGIN)).state.messages > 0

        await until(arriving, within=30)
        await asyncio.sleep(delay)
        process.send_signal(signal.SIGKILL)
        await redrive.end(process)
        assert (await redrive("runs", "show", "R-0001", "--json")).json["state"] == "cut"
        await redrive("runs", "rate", "R-0001", "none")
        ended = await redrive("runs", "resume", "R-0001", "--json")
        assert ended.code == 0, ended.err
        told = ended.json
        assert told["moved"] + told["kept"] + told["gone"] + told["unknown"] == told["frozen"] == COUNT
        assert told["unknown"] == 0
        source, target = await bodies(js, SOURCE), await bodies(js, ORIGIN)
        assert source + target == Counter(body(number) for number in range(COUNT))
        assert len(source) == told["kept"]
    lines = (await redrive("runs", "report", "R-0001")).lines
    assert len(lines) == COUNT
    assert sum(line["sent"] > 1 for line in lines) <= WINDOW
