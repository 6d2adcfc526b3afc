"""Live messages of a stream, read by sequence as they arrive.

A consumer of our own would be a write, and a work queue stream refuses a second one; reading by sequence is neither.
"""

import asyncio

from adapters.api import DeadLetter, Mark, Sink, Unsupported
from adapters.nats.jetstream import JetStream
from adapters.nats.naming import Origins
from adapters.nats.reading import WINDOW
from adapters.nats.stream import StreamPositions

_EVERY_S = 0.5


async def tail(js: JetStream, resource: str, sink: Sink[DeadLetter], max_payload: int) -> None:
    """Hands on what arrives after the call, until cancelled. Raises `Unsupported` for a consumer."""
    if "/" in resource:
        raise Unsupported(f"{resource} is a consumer.", hint="Its messages are its stream's: follow that.")
    facts = await js.stream(resource)
    after = Mark(str(facts.last_seq))
    while True:
        await asyncio.sleep(_EVERY_S)
        facts = await js.stream(resource)
        positions = StreamPositions(js, facts, Origins(), max_payload)
        end = await positions.end()
        following: Mark | None = after
        while following is not None:
            page = await positions.read(following, end, WINDOW)
            if page.letters:
                await sink(page.letters)
            following = page.next
        after = end
