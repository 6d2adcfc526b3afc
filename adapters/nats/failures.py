"""Turns errors of nats-py, of TLS and of the JetStream API into the errors of the port."""

import os
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nats import errors as core
from nats.js import errors as js

from adapters.api import (
    BrokerError,
    ConfigError,
    ConnectError,
    Denied,
    Disconnected,
    Effect,
    FeatureMissing,
    LoginError,
    NotFound,
    ProtocolError,
    RedriveError,
    Refused,
    TlsError,
)

_ERRNO = re.compile(r"\[Errno (\d+)\]")
DRIVER_ERRORS: Mapping[type[Exception], type[RedriveError]] = {
    core.Error: ProtocolError,
    core.TimeoutError: Disconnected,
    core.NoRespondersError: NotFound,
    core.StaleConnectionError: Disconnected,
    core.OutboundBufferLimitError: Disconnected,
    core.ConnectionClosedError: Disconnected,
    core.SecureConnRequiredError: TlsError,
    core.SecureConnWantedError: TlsError,
    core.SecureConnFailedError: TlsError,
    core.BadSubscriptionError: ProtocolError,
    core.BadSubjectError: ConfigError,
    core.BadHeaderError: Refused,
    core.SlowConsumerError: Disconnected,
    core.BadTimeoutError: ProtocolError,
    core.AuthorizationError: LoginError,
    core.NoServersError: ConnectError,
    core.JsonParseError: ProtocolError,
    core.MaxPayloadError: Refused,
    core.ConnectionDrainingError: Disconnected,
    core.ConnectionReconnectingError: Disconnected,
    core.InvalidUserCredentialsError: LoginError,
    core.InvalidCallbackTypeError: ProtocolError,
    core.ProtocolError: ProtocolError,
    core.ServerNotInPoolError: ProtocolError,
    core.NotJSMessageError: ProtocolError,
    core.MsgAlreadyAckdError: ProtocolError,
    js.Error: BrokerError,
    js.APIError: BrokerError,
    js.ServiceUnavailableError: FeatureMissing,
    js.ServerError: BrokerError,
    js.NotFoundError: NotFound,
    js.BadRequestError: Refused,
    js.NoStreamResponseError: NotFound,
    js.TooManyStalledMsgsError: Disconnected,
    js.FetchTimeoutError: Disconnected,
    js.ConsumerSequenceMismatchError: ProtocolError,
    js.BadBucketError: Refused,
    js.KeyValueError: BrokerError,
    js.KeyDeletedError: NotFound,
    js.KeyNotFoundError: NotFound,
    js.KeyWrongLastSequenceError: Refused,
    js.NoKeysError: NotFound,
    js.KeyHistoryTooLargeError: Refused,
    js.InvalidKeyError: Refused,
    js.InvalidBucketNameError: Refused,
    js.InvalidObjectNameError: Refused,
    js.BadObjectMetaError: ProtocolError,
    js.LinkIsABucketError: Refused,
    js.DigestMismatchError: ProtocolError,
    js.ObjectNotFoundError: NotFound,
    js.ObjectDeletedError: NotFound,
    js.ObjectAlreadyExists: Refused,
    js.KeyValueLimitMarkerTTLNotSupportedError: FeatureMissing,
}
"""Each class of the driver, or one of its bases, with ours; the most specific entry counts."""

_LOGIN_WORDS = (
    "authorization violation",
    "authentication expired",
    "authentication revoked",
    "authentication timeout",
)

JETSTREAM_HINT = "Start the server with -js, or enable jetstream for this account, then connect again."


def translate(error: Exception, doing: str, effect: Effect = Effect.NOT_DONE) -> RedriveError:
    """Our error for one of nats-py, TLS or the socket; `doing` is what was tried, as in "Reading stream A"."""
    if isinstance(error, RedriveError):
        return error
    if isinstance(error, ssl.SSLError):
        return TlsError(
            f"{doing}: TLS failed: {_tls_reason(error)}.",
            hint="Check the CA certificate, the host name in the server's certificate and the client certificate.",
            effect=effect,
        )
    text = str(error) or type(error).__name__
    if any(word in text.lower() for word in _LOGIN_WORDS):
        return LoginError(
            f"{doing}: the server refused the credentials.",
            hint="Check user and password, token, NKEY or credentials file.",
            effect=effect,
        )
    if "permissions violation" in text.lower():
        return Denied(f"{doing}: this account may not do it.", hint=_account_hint(), effect=effect)
    if isinstance(error, TimeoutError) and not isinstance(error, core.Error):
        return Disconnected(f"{doing}: no answer in time.", hint="Is the server overloaded?", effect=effect)
    if isinstance(error, OSError) and not isinstance(error, core.Error):
        return Disconnected(
            f"{doing}: {_os_reason(error)}.", hint="The connection is made anew.", effect=effect
        )
    ours = next(DRIVER_ERRORS[base] for base in type(error).__mro__ if base in DRIVER_ERRORS)
    return ours(f"{doing}: {text.removeprefix('nats: ')}.", effect=effect)


@contextmanager
def mapped(doing: str, effect: Effect = Effect.NOT_DONE) -> Iterator[None]:
    """Every error of the driver inside becomes one of ours."""
    try:
        yield
    except (core.Error, OSError, TimeoutError) as error:
        raise translate(error, doing, effect) from error


_BY_CODE: Mapping[int, tuple[type[RedriveError], str]] = {
    10008: (Disconnected, "The JetStream system is electing a leader; try again."),
    10014: (NotFound, "It may have been deleted."),
    10037: (NotFound, ""),
    10039: (FeatureMissing, JETSTREAM_HINT),
    10043: (NotFound, ""),
    10059: (NotFound, "It may have been deleted or renamed: list the streams again."),
    10060: (BrokerError, "Another stream captures this subject now: make the plan again."),
    10077: (Refused, ""),
    10076: (FeatureMissing, JETSTREAM_HINT),
    10167: (Disconnected, "The stream has more waiting than it takes; try again."),
    10109: (Refused, "The stream is sealed and takes or loses nothing any more."),
}
"""JetStream error codes (server/errors.json of nats-server) with our class and what to do.

`Refused` is about one message (too large, the stream full); what would meet every message alike is not.
"""

_DELETE_FAILED = 10057
_NOTHING_THERE = frozenset({"no message found", "stream store EOF", "message was deleted"})
"""What the server's stores say of a sequence without a message (ErrStoreMsgNotFound and its kin, server/store.go)."""


def api_error(answer: Mapping[str, Any], doing: str) -> RedriveError | None:
    """The error that a JetStream API answer carries; the server says it only where nothing was done."""
    error = answer.get("error")
    if not isinstance(error, dict):
        return None
    code, number = error.get("err_code", 0), error.get("code", 0)
    words = str(error.get("description") or f"error {number}")
    if code in _BY_CODE:
        ours, hint = _BY_CODE[code]
    elif code == _DELETE_FAILED and words in _NOTHING_THERE:
        ours, hint = NotFound, "Somebody else has removed it."
    else:
        ours = {404: NotFound, 400: Refused}.get(number, BrokerError)
        hint = ""
    return ours(f"{doing}: {words}.", hint=hint)


def denied(doing: str, effect: Effect = Effect.NOT_DONE) -> Denied:
    """That the server answered with a permissions violation."""
    return Denied(f"{doing}: this account may not do it.", hint=_account_hint(), effect=effect)


def _account_hint() -> str:
    return "Ask for the permission, or connect with another account."


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return getattr(error, "verify_message", "") or "the certificate does not fit"
    return (error.reason or "handshake failed").replace("_", " ").lower()


def _os_reason(error: OSError) -> str:
    # The event loop wraps the system's reason: "Connect call failed ('::1', 4222, 0, 0)", one for each address tried.
    text = error.strerror or str(error)
    numbers = [error.errno] if error.errno else [int(number) for number in _ERRNO.findall(text)]
    if "connect call failed" in text.lower() and numbers:
        text = os.strerror(numbers[0])
    return (text or type(error).__name__).lower()
