"""Live messages of a stream, read by sequence as they arrive.

A consumer of our own would be a write, and a work queue stream refuses a second one; reading by sequence is neither.
"""

import asyncio

from adapters.api import DeadLetter, Mark, NotFound, Sink, Unsupported
from adapters.nats.facts import covers
from adapters.nats.jetstream import JetStream, sound_name
from adapters.nats.naming import Origins
from adapters.nats.publishing import subject_trouble
from adapters.nats.reading import WINDOW
from adapters.nats.stream import StreamPositions

_EVERY_S = 0.25


async def tail(js: JetStream, resource: str, sink: Sink[DeadLetter], max_payload: int) -> None:
    """Hands on what arrives after the call in a stream or under a subject, until cancelled.

    Raises: NotFound, Unsupported for a consumer.
    """
    stream, subject = await _resolve(js, resource)
    after = Mark(str((await js.stream(stream)).last_seq))
    while True:
        await asyncio.sleep(_EVERY_S)
        facts = await js.stream(stream)
        positions = StreamPositions(js, facts, Origins(), max_payload)
        end = await positions.end()
        following: Mark | None = after
        while following is not None:
            page = await positions.read(following, end, WINDOW)
            letters = [it for it in page.letters if covers(subject, it.address)]
            if letters:
                await sink(letters)
            following = page.next
        after = end


async def _resolve(js: JetStream, resource: str) -> tuple[str, str]:
    """The stream of a resource and the subjects in it that are meant."""
    if "/" in resource:
        raise Unsupported(f"{resource} is a consumer.", hint="Its messages are its stream's: follow that.")
    if sound_name(resource):
        try:
            return (await js.stream(resource)).name, ">"
        except NotFound:
            pass
    if subject_trouble(resource) or (stream := await js.capturing(resource)) is None:
        raise NotFound(f"There is no stream {resource}, and none captures such a subject.")
    return stream, resource
