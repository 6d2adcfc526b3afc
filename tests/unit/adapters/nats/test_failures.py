"""Every error of the driver has one of ours, and none holds a secret."""

import errno
import inspect
import os
import socket
import ssl
from types import ModuleType

import pytest
from nats import errors as core
from nats.js import errors as js

from adapters.api import (
    BrokerError,
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
from adapters.nats.failures import DRIVER_ERRORS, api_error, mapped, translate

BASES = {core.Error, js.Error, js.APIError}


def driver_errors(*modules: ModuleType) -> list[type[Exception]]:
    return [
        it
        for module in modules
        for it in vars(module).values()
        if inspect.isclass(it) and issubclass(it, core.Error) and it.__module__ == module.__name__
    ]


@pytest.mark.parametrize("kind", driver_errors(core, js), ids=lambda kind: kind.__name__)
def test_that_each_class_of_the_driver_is_mapped_by_itself_or_by_a_meaningful_base(
    kind: type[Exception],
) -> None:
    nearest = next(base for base in kind.__mro__ if base in DRIVER_ERRORS)
    assert kind in BASES or nearest not in BASES


def test_that_the_walk_finds_the_driver() -> None:
    assert len(driver_errors(core, js)) > 50


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (core.NoRespondersError(), NotFound),
        (core.TimeoutError(), Disconnected),
        (core.UnexpectedEOF(), Disconnected),
        (core.MaxPayloadError(), Refused),
        (core.Error("nats: 'Authorization Violation'"), LoginError),
        (core.Error("nats: 'User Authentication Expired'"), LoginError),
        (core.Error('nats: permissions violation for publish to "x"'), Denied),
        (core.Error("nats: something new"), ProtocolError),
        (js.ServiceUnavailableError(), FeatureMissing),
        (js.BucketNotFoundError(), NotFound),
        (ssl.SSLCertVerificationError("no"), TlsError),
        (ConnectionRefusedError(111, "Connection refused"), Disconnected),
        (TimeoutError(), Disconnected),
    ],
)
def test_that_an_error_becomes_ours_with_its_effect(error: Exception, ours: type[RedriveError]) -> None:
    with pytest.raises(RedriveError) as caught, mapped("Doing it", Effect.UNKNOWN):
        raise error
    assert type(caught.value) is ours
    assert caught.value.effect is Effect.UNKNOWN
    assert caught.value.message.startswith("Doing it")


def test_that_an_error_of_ours_passes_as_it_is() -> None:
    error = Refused("no")
    assert translate(error, "Doing it") is error


def test_that_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(KeyError), mapped("Doing it"):
        raise KeyError("x")


@pytest.mark.parametrize(
    ("code", "number", "ours"),
    [
        (404, 10059, NotFound),
        (404, 10037, NotFound),
        (400, 10043, NotFound),
        (503, 10039, FeatureMissing),
        (503, 10076, FeatureMissing),
        (503, 10008, Disconnected),
        (503, 10077, Refused),
        (400, 10060, BrokerError),
        (503, 10023, BrokerError),
        (400, 99999, Refused),
        (500, 99999, BrokerError),
        ("odd", None, BrokerError),
    ],
)
def test_that_an_api_error_becomes_ours_and_nothing_was_done(
    code: object, number: object, ours: type
) -> None:
    error = api_error(
        {"error": {"code": code, "err_code": number, "description": "words of the server"}}, "Doing it"
    )
    assert type(error) is ours
    assert isinstance(error, RedriveError)
    assert error.effect is Effect.NOT_DONE
    assert "words of the server" in error.message


@pytest.mark.parametrize("answer", [{}, {"error": None}, {"error": "text"}, {"error": 5}])
def test_that_an_answer_without_an_error_is_none(answer: dict[str, object]) -> None:
    assert api_error(answer, "Doing it") is None


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)"),
        OSError(
            "Multiple exceptions: "
            f"[Errno {errno.ECONNREFUSED}] Connect call failed ('::1', 1, 0, 0), "
            f"[Errno {errno.ECONNREFUSED}] Connect call failed ('127.0.0.1', 1)"
        ),
    ],
)
def test_that_the_systems_reason_is_said_without_the_event_loops_wrapping(error: OSError) -> None:
    said = str(translate(error, "Connecting"))
    assert said.startswith(f"Connecting: {os.strerror(errno.ECONNREFUSED).lower()}.")


def test_that_a_name_that_is_not_found_keeps_its_reason() -> None:
    said = str(translate(socket.gaierror(-2, "Name or service not known"), "Connecting"))
    assert said.startswith("Connecting: name or service not known.")
