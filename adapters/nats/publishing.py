"""Publishes copies: header bytes kept, deduplicated by key, each confirmed by the stream that was meant.

A copy carries `Nats-Msg-Id` = key, so that the server drops a second one inside the stream's duplicate window. That the
stream which was meant has it is read from the PubAck and not asked by `Nats-Expected-Stream`: that header would stay on
the copy, and a consumer that passes all headers on to its dead-letter stream would be refused there by the server.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from adapters.api import (
    ConfigError,
    Copy,
    CopyRef,
    Denied,
    Effect,
    Header,
    NotFound,
    Outgoing,
    ProtocolError,
    PublishResult,
    RedriveError,
    Refused,
    Replaced,
)
from adapters.nats.connection import Connection
from adapters.nats.failures import api_error
from adapters.nats.headers import MSG_ID, build, status, strip_control
from adapters.nats.jetstream import JetStream
from adapters.nats.wire import Answer, Request, Result

IN_FLIGHT = 16 * 1024 * 1024
"""Bytes of bodies without a PubAck; a stream refuses more than 128 MiB (streamDefaultMaxQueueBytes of nats-server)."""


class _PubAck(msgspec.Struct, frozen=True):
    stream: str = ""
    seq: int = 0
    duplicate: bool = False
    error: dict[str, object] | None = None


_ACK = msgspec.json.Decoder(_PubAck)


class Publisher:
    """Publishes over one connection; the stream that captured a subject at first is the one that is meant for good."""

    def __init__(self, js: JetStream, connection: Connection) -> None:
        self._js = js
        self._connection = connection
        self._streams: dict[str, str] = {}

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[PublishResult]:
        """One result a message, in order; all are under way at once."""
        streams = await self._captured({it.target.name for it in batch})
        made = [self._request(it, streams[it.target.name]) for it in batch]
        requests = [it for it in made if isinstance(it, Request)]
        answers = iter(await self._sent(requests))
        return [
            self._result(out, next(answers)) if isinstance(it, Request) else it
            for out, it in zip(batch, made, strict=True)
        ]

    async def _sent(self, requests: Sequence[Request]) -> Sequence[Result]:
        results: list[Result] = []
        for some in _bounded(requests):
            try:
                results += await self._js.inbox.ask(some, doing="Publishing", effect=Effect.UNKNOWN)
            except RedriveError as error:
                return [*results, *[error] * (len(requests) - len(results))]
        return results

    async def _captured(self, subjects: set[str]) -> Mapping[str, str | RedriveError]:
        """The stream of each subject, or why nothing can be sent there."""
        found: dict[str, str | RedriveError] = {}
        for subject in subjects:
            if subject in self._streams:
                found[subject] = self._streams[subject]
                continue
            if trouble := subject_trouble(subject):
                found[subject] = trouble
                continue
            try:
                stream = await self._js.capturing(subject)
            except Denied:
                # Without the right to look, the publish still tells whether a stream answers.
                stream = ""
            except RedriveError as error:
                found[subject] = error
                continue
            if stream is None:
                found[subject] = nobody(subject)
            else:
                found[subject] = self._streams[subject] = stream
        return found

    def _request(self, out: Outgoing, stream: str | RedriveError) -> Request | RedriveError:
        if isinstance(stream, RedriveError):
            return stream
        headers = strip_control(out.payload.headers)
        headers.append(Header(MSG_ID, out.key.encode()))
        try:
            head = build(headers)
        except Refused as refused:
            return refused
        size, most = len(head) + len(out.payload.body), self._connection.max_payload
        if size > most:
            return Refused(
                f"The message has {size:,} bytes with its headers, the server takes {most:,}.",
                hint="Raise max_payload on the server, or make the message smaller.",
            )
        return Request(out.target.name, out.payload.body, head)

    def _result(self, out: Outgoing, result: Result) -> PublishResult:
        if isinstance(result, RedriveError):
            return result
        doing = f"Publishing to {out.target.name}"
        ack = decode_ack(result, doing, out.target.name)
        if isinstance(ack, RedriveError):
            return ack
        meant = self._streams.get(out.target.name)
        if meant and ack.stream != meant:
            return Replaced(
                f"{out.target.name} was captured by {meant}; {ack.stream} has taken the copy instead.",
                hint="Look at the streams' subjects, then plan again.",
                effect=Effect.DONE,
            )
        return Copy(CopyRef(out.target, str(ack.seq)), ack.duplicate)


def _bounded(requests: Sequence[Request]) -> Iterator[Sequence[Request]]:
    """Runs of requests whose bodies stay within IN_FLIGHT together, at least one each."""
    start, size = 0, 0
    for place, request in enumerate(requests):
        size += len(request.body)
        if size > IN_FLIGHT and place > start:
            yield requests[start:place]
            start, size = place, len(request.body)
    if requests:
        yield requests[start:]


def decode_ack(answer: Answer, doing: str, subject: str) -> _PubAck | RedriveError:
    """A PubAck, or the error that the server or the lack of a stream means."""
    if answer.head and status(answer.head) == 503:
        return nobody(subject)
    try:
        ack = _ACK.decode(answer.body)
    except msgspec.DecodeError:
        ack = _PubAck()
    if ack.error is not None:
        return api_error({"error": ack.error}, doing) or ProtocolError(f"{doing}: an error without words.")
    if not ack.stream or not ack.seq:
        return ProtocolError(
            f"{doing}: what answered is no stream.",
            hint="Another program answers requests on this subject.",
            effect=Effect.UNKNOWN,
        )
    return ack


def nobody(subject: str) -> NotFound:
    """That no stream captures a subject; the server says so itself (503, no responders), so nothing was done."""
    return NotFound(
        f"No stream captures the subject {subject}.",
        hint="Name another target, or add the subject to a stream.",
    )


def subject_trouble(subject: str) -> ConfigError | None:
    """Why a subject cannot be published to: a NATS subject is tokens divided by dots, without wildcards or spaces."""
    tokens = subject.split(".")
    if not subject or any(char.isspace() or not char.isprintable() for char in subject):
        return ConfigError(f"{subject!r} is no subject: it is empty or has a space.", hint="Name a subject.")
    if "" in tokens or "*" in tokens or ">" in tokens:
        return ConfigError(
            f"{subject} is no single subject.", hint="A target has no wildcards or empty parts."
        )
    return None
