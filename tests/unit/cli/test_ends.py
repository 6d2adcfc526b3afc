"""Every end of a command: one line on stderr and the code that the shell is promised."""

import json
import os
import signal

import pytest

from adapters.api import (
    ConnectError,
    Denied,
    Disconnected,
    Effect,
    FeatureMissing,
    LoginError,
    NotFound,
    ProtocolError,
    RedriveError,
    Replaced,
    TlsError,
    Unsupported,
)
from dashboard.store.errors import Corrupt
from tests.unit.cli.fake_desk import FakeDesk
from tests.unit.cli.harness import Cli


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound("No stream."), 2),
        (ConnectError("No answer."), 3),
        (LoginError("Refused."), 3),
        (TlsError("Not trusted."), 3),
        (FeatureMissing("No JetStream."), 3),
        (Disconnected("Cut."), 3),
        (Denied("Not allowed."), 4),
        (Replaced("Made anew."), 4),
        (Unsupported("Not declared."), 4),
        (Corrupt("Damaged."), 4),
    ],
)
def test_that_an_error_is_one_line_and_a_code(
    cli: Cli, desk: FakeDesk, error: RedriveError, code: int
) -> None:
    error.hint = "Do this."
    desk.fail["sweep"] = error
    ended = cli("ls", "shop")
    assert ended.code == code
    assert ended.err == f"redrive: {error.message} Do this.\n"
    assert ended.out == ""


def test_that_an_error_says_what_may_have_been_done(cli: Cli, desk: FakeDesk) -> None:
    desk.fail["sweep"] = Disconnected("Cut.", effect=Effect.UNKNOWN)
    assert "It may have been done." in cli("ls", "shop").err


def test_that_a_group_of_our_errors_is_told_as_one(cli: Cli) -> None:
    def fail() -> None:
        raise ExceptionGroup("tasks", [ConnectError("No answer."), ConnectError("No answer.")])

    cli.before_open = fail
    ended = cli("ls", "shop")
    assert (ended.code, ended.err) == (3, "redrive: No answer.\n")


@pytest.mark.allow_log("internal error")
@pytest.mark.parametrize("error", [ZeroDivisionError("by nothing"), ProtocolError("It said a never.")])
def test_that_our_mistake_ends_with_5_and_names_the_log(cli: Cli, error: Exception) -> None:
    def fail() -> None:
        raise error

    cli.before_open = fail
    ended = cli("ls", "shop")
    path = cli.home.logs / "redrive.log"
    assert ended.code == 5
    assert type(error).__name__ in ended.err
    assert str(path) in ended.err
    assert ended.err.count("\n") == 1
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert any("Traceback" in line.get("exception", "") for line in lines)


def test_that_a_signal_ends_with_6(cli: Cli) -> None:
    cli.before_open = lambda: os.kill(os.getpid(), signal.SIGINT)
    cli.opening_s = 30.0
    ended = cli("ls", "shop")
    assert ended.code == 6
    assert ended.err == "redrive: Stopped before its end.\n"


@pytest.mark.parametrize(
    "args",
    [
        ("nonsense",),
        ("ls",),
        ("dead",),
        ("dead", "nonsense", "shop", "DLQ"),
        ("dead", "ls", "shop"),
        ("ls", "shop", "--nonsense"),
        ("run", "shop", "DLQ", "--rate", "0"),
        ("run", "shop", "DLQ", "--rate", "fast"),
        ("run", "shop", "DLQ", "--canary", "-1"),
        ("run", "shop", "DLQ", "--brake", "101"),
        ("run", "shop", "DLQ", "--watch", "30"),
        ("run", "shop", "DLQ", "--where", "a", "--ids", "-"),
        ("purge", "shop", "DLQ", "--no-archive", "--where", "a"),
        ("ls", "shop", "--env", "moon"),
        ("runs", "rate", "R-0001", "-3"),
        ("runs", "rate", "R-0001", "nan"),
        ("watch", "shop", "--every", "0"),
        ("dead", "show", "shop", "DLQ", "101", "--raw", "--json"),
        ("dead", "export", "shop", "DLQ", "--format", "xml"),
        ("restore", "a", "--to", "shop"),
        ("restore",),
        ("restore", "A-0001", "--list"),
        ("restore", "--list", "--to", "shop", "orders.new"),
        ("--log-level", "loud", "ls", "shop"),
        ("connect",),
        ("ls", "nowhere"),
        ("ls", "gopher://host"),
        ("ls", "nats://host:port"),
    ],
)
def test_that_wrong_usage_ends_with_2_in_one_line(cli: Cli, desk: FakeDesk, args: tuple[str, ...]) -> None:
    ended = cli(*args)
    assert ended.code == 2, ended.err
    assert ended.err.startswith("redrive: ")
    assert ended.err.count("\n") == 1
    assert ended.out == ""
    assert not desk.called("confirm")


def test_that_a_mistyped_name_or_scheme_is_guessed(cli: Cli) -> None:
    assert "Did you mean shop?" in cli("ls", "shpo").err
    assert "Did you mean nats://?" in cli("ls", "natz://127.0.0.1").err


def test_that_a_mistyped_option_names_the_help(cli: Cli) -> None:
    assert "redrive ls --help" in cli("ls", "shop", "--jsno").err


def test_that_the_version_is_printed(cli: Cli) -> None:
    ended = cli("--version")
    assert ended.code == 0
    assert ended.out.startswith("redrive ")


@pytest.mark.parametrize("args", [("--help",), ("run", "--help"), ("dead", "--help"), ("runs", "-h")])
def test_that_help_ends_with_0(cli: Cli, args: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli(*args).code == 0
    assert "Usage: redrive" in capsys.readouterr().out


def test_that_an_unwritable_home_is_said(cli: Cli) -> None:
    cli.home.config.parent.mkdir(exist_ok=True)
    cli.home.config.write_text("a file where the folder should be")
    ended = cli("ls", "shop")
    assert ended.code == 4
    assert "REDRIVE_HOME" in ended.err
