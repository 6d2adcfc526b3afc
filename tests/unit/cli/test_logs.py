"""The log: JSON, private, and without secrets."""

import json
import logging
import stat
from pathlib import Path

import pytest
import structlog

from adapters.api import Secret
from dashboard.cli.logs import MASK, LogPlace, redact, start_log
from tests.unit.cli.fake_desk import FakeDesk
from tests.unit.cli.harness import Cli


@pytest.mark.parametrize(
    ("event", "left"),
    [
        ({"password": "x"}, {"password": MASK}),
        ({"api_token": "x", "n": 1}, {"api_token": MASK, "n": 1}),
        ({"url": "nats://app:x@h:4222/p"}, {"url": f"nats://{MASK}@h:4222/p"}),
        ({"url": "nats://t0ken@h"}, {"url": f"nats://{MASK}@h"}),
        ({"event": "GET /?token=x&a=1"}, {"event": f"GET /?token={MASK}&a=1"}),
        ({"event": '{"password": "x"}'}, {"event": f'{{"password": "{MASK}"}}'}),
        (
            {"deep": {"secret": "x", "list": ["nats://a:x@h"]}},
            {"deep": {"secret": MASK, "list": [f"nats://{MASK}@h"]}},
        ),
        ({"compass": "north", "url": "nats://h:4222"}, {"compass": "north", "url": "nats://h:4222"}),
    ],
)
def test_that_secrets_are_masked(event: dict[str, object], left: dict[str, object]) -> None:
    assert redact(None, "info", event) == left


@pytest.mark.usefixtures("cli")
def test_that_lines_of_every_logger_are_json_in_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "place" / "redrive.log"
    start_log(LogPlace(path, "info"))
    structlog.get_logger("ours").info("began", password="x", held=Secret("x"))
    logging.getLogger("driver").info("connecting to %s", "nats://app:x@h")
    logging.getLogger("driver").debug("left out")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["logger"], line["event"]) for line in lines] == [
        ("ours", "began"),
        ("driver", f"connecting to nats://{MASK}@h"),
    ]
    assert lines[0]["password"] == MASK
    assert lines[0]["held"] == "Secret(••••)"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_that_level_and_place_are_options(cli: Cli, desk: FakeDesk, tmp_path: Path) -> None:
    path = tmp_path / "my.log"
    assert cli("--log-file", str(path), "--log-level", "error", "ls", "shop").code == 0
    assert path.read_text() == ""
    assert not (cli.home.logs / "redrive.log").exists()


def test_that_an_unwritable_log_is_said(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = cli("--log-file", str(tmp_path / "file" / "log"), "ls", "shop")
    assert ended.code == 4
    assert "--log-file" in ended.err
