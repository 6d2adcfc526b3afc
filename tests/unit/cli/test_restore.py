"""`restore --list`: what was archived, how much of it was restored, and whether it reads back."""

import json

from dashboard.core.runs import ArchiveView
from tests.unit.cli.fake_desk import AT, FakeDesk
from tests.unit.cli.harness import Cli

WHOLE = ArchiveView("A-0002", "shop/DLQ", AT, held=1300, restored=1, bytes=90, whole=True)
DAMAGED = ArchiveView("A-0001", "shop/\x1b[2JDLQ", AT, held=3, restored=3, bytes=90, whole=False)


def test_that_archives_are_listed(cli: Cli, desk: FakeDesk) -> None:
    desk.all_archives = [WHOLE, DAMAGED]
    ended = cli("restore", "--list")
    assert (ended.code, ended.err) == (0, "")
    rows = [line.split() for line in ended.out.splitlines()[2:]]
    assert rows[0] == ["A-0002", "shop/DLQ", "1,300", "1", "2026-01-02T03:04:05Z", "whole"]
    assert rows[1][-1] == "damaged"
    assert "\x1b" not in ended.out
    assert not desk.called("restore_plan")


def test_that_archives_are_one_document(cli: Cli, desk: FakeDesk) -> None:
    desk.all_archives = [WHOLE]
    assert json.loads(cli("restore", "--list", "--json").out) == {
        "schema": 1,
        "archives": [
            {
                "name": "A-0002",
                "from": "shop/DLQ",
                "held": 1300,
                "restored": 1,
                "made": "2026-01-02T03:04:05Z",
                "whole": True,
            }
        ],
    }


def test_that_no_archive_is_said(cli: Cli) -> None:
    assert "There is no archive." in cli("restore", "--list").out
    assert json.loads(cli("restore", "--list", "--json").out)["archives"] == []


def test_that_a_restore_without_an_archive_names_the_list(cli: Cli) -> None:
    ended = cli("restore")
    assert ended.code == 2
    assert "redrive restore --list" in ended.err
