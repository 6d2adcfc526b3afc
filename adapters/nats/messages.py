"""A stored message as STREAM.MSG.GET and direct get give it, turned into a dead letter."""

from datetime import datetime

import msgspec

from adapters.api import (
    DeadLetter,
    Header,
    MessageRef,
    NotFound,
    Origin,
    Payload,
    ProtocolError,
    RedriveError,
    message_digest,
)
from adapters.nats.facts import moment
from adapters.nats.failures import api_error
from adapters.nats.headers import parse, split_direct
from adapters.nats.naming import Origins
from adapters.nats.wire import Answer


class Stored(msgspec.Struct, frozen=True):
    """The `message` of a STREAM.MSG.GET answer; msgspec undoes the base64 of its byte fields."""

    subject: str
    seq: int
    hdrs: bytes = b""
    data: bytes = b""
    time: str = ""


class _Got(msgspec.Struct, frozen=True):
    message: Stored | None = None
    error: dict[str, object] | None = None


_DECODER = msgspec.json.Decoder(_Got)


def from_get(answer: Answer, doing: str) -> Stored | None:
    """The message of a STREAM.MSG.GET answer, None where there is none. Raises what else the answer says."""
    try:
        got = _DECODER.decode(answer.body)
    except msgspec.DecodeError:
        raise ProtocolError(f"{doing}: the answer is not readable.") from None
    if got.message is not None:
        return got.message
    error: RedriveError | None = api_error({"error": got.error}, doing)
    # 10037 is "no message found"; the other NotFound is a stream that is gone.
    if isinstance(error, NotFound) and got.error and got.error.get("err_code") == 10037:
        return None
    raise error or ProtocolError(f"{doing}: the answer holds no message.")


class Letters:
    """Makes the dead letters of one source; remembers the origin of each subject."""

    def __init__(self, origins: Origins) -> None:
        self._origins = origins
        self._known: dict[str, Origin | None] = {}

    def stored(self, message: Stored) -> DeadLetter:
        """From a STREAM.MSG.GET message."""
        return self._letter(
            message.seq, message.subject, message.data, parse(message.hdrs), moment(message.time)
        )

    def direct(self, answer: Answer) -> DeadLetter:
        """From one message of a direct get. Raises `ProtocolError` where the server's own headers are missing."""
        own, added = split_direct(parse(answer.head))
        try:
            sequence = int(added["Nats-Sequence"])
            subject = added["Nats-Subject"].decode("utf-8", "replace")
        except (KeyError, ValueError):
            raise ProtocolError("A direct get's answer lacks its sequence or subject.") from None
        at = moment(added.get("Nats-Time-Stamp", b"").decode("ascii", "replace"))
        return self._letter(sequence, subject, answer.body, own, at)

    def _letter(
        self, sequence: int, subject: str, body: bytes, headers: tuple[Header, ...], at: datetime | None
    ) -> DeadLetter:
        if subject not in self._known:
            self._known[subject] = self._origins.of(subject)
        ref = MessageRef(str(sequence), 0, message_digest(body, subject, headers))
        return DeadLetter(ref, Payload(body, headers), subject, at, self._known[subject])
