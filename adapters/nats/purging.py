"""The server's own purge of a stream."""

from adapters.api import BulkJob, BulkState, Effect, Mark, Refused, Sink, Unsupported
from adapters.nats.jetstream import JetStream
from adapters.nats.stream import sequence


async def bulk(js: JetStream, job: BulkJob, sink: Sink[BulkState]) -> BulkState:
    """Purges a stream up to and with the mark, or whole without one; asking again purges nothing more.

    Raises: Unsupported for a move and for a stream with deny_purge, Replaced, NotFound, Denied.
    """
    name = job.source.name
    if job.act != "purge":
        raise Unsupported(f"{name}: NATS has no mover of its own.", hint="Redrive instead.")
    facts = await js.same(job.source)
    if facts.deny_purge or facts.sealed:
        raise Unsupported(f"{name} cannot be purged: it is sealed or has deny_purge.")
    doing = f"Purging {name}"
    answer = await js.call(f"STREAM.PURGE.{name}", _bound(job.upto), doing=doing, effect=Effect.UNKNOWN)
    if not answer.get("success"):
        raise Refused(f"{doing}: the server did not say that it was done.", effect=Effect.UNKNOWN)
    count = answer.get("purged")
    state = BulkState(
        done=True, count=count if isinstance(count, int) else None, words="purged by the server"
    )
    await sink([state])
    return state


def _bound(upto: Mark | None) -> dict[str, int] | None:
    # The server's bound is exclusive, a mark is inclusive (nats-server server/jetstream_api.go, StreamPurgeRequest).
    return None if upto is None else {"seq": sequence(upto.value) + 1}
