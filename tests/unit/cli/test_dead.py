"""`dead`: lists, groups, one dead letter whole, and exports."""

import base64
import csv
import io
import json
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.api import ConfigError, Gone, Header, LookEffect, Traits
from dashboard.core.letters import CauseGroup, SnapshotInfo, SourceKey
from tests.unit.cli.fake_desk import AT, FakeDesk, letter
from tests.unit.cli.harness import Cli

EVERY_BYTE = bytes(range(256))
EVIL = Header("X-Note", b"\x1b]0;owned\x07\xff plain")


@pytest.fixture
def desk(desk: FakeDesk) -> FakeDesk:
    desk.letters = [letter(1, b'{"a": 1}'), letter(2, EVERY_BYTE, EVIL), letter(3, b"")]
    return desk


def test_that_ls_prints_its_documented_keys(cli: Cli) -> None:
    document = json.loads(cli("dead", "ls", "shop", "DLQ", "--json", "--limit", "2").out)
    assert list(document) == ["schema", "source", "read_at", "count", "items"]
    assert document["count"] == 3
    assert [item["id"] for item in document["items"]] == ["101", "102"]
    assert list(document["items"][0]) == [
        "id",
        "at",
        "cause",
        "reason",
        "origin",
        "attempts",
        "size",
        "trace_id",
    ]


def test_that_ls_hands_the_query_on_and_says_where_it_cannot_be_read(cli: Cli, desk: FakeDesk) -> None:
    cli("dead", "ls", "shop", "DLQ", "--where", "cause:ValueError")
    assert desk.called("page") == ["cause:ValueError"]
    desk.fail["page"] = ConfigError("The query breaks off after '('.", hint="At character 5.")
    ended = cli("dead", "ls", "shop", "DLQ", "--where", "a:1 (")
    assert ended.code == 2
    assert "At character 5." in ended.err


def test_that_limit_0_still_counts(cli: Cli) -> None:
    document = json.loads(cli("dead", "ls", "shop", "DLQ", "--json", "--limit", "0").out)
    assert (document["count"], document["items"]) == (3, [])


def test_that_groups_print_their_documented_keys(cli: Cli, desk: FakeDesk) -> None:
    desk.causes = (CauseGroup("c-1", "ValueError: bad field", "ValueError", 3, AT, None),)
    document = json.loads(cli("dead", "groups", "shop", "DLQ", "--json").out)
    assert document == {
        "schema": 1,
        "source": "DLQ",
        "count": 3,
        "groups": [
            {
                "cause": "c-1",
                "title": "ValueError: bad field",
                "count": 3,
                "first_at": "2026-01-02T03:04:05Z",
                "last_at": None,
            }
        ],
    }


def test_that_no_dead_letter_is_said(cli: Cli, desk: FakeDesk) -> None:
    desk.letters = []
    for command in ("ls", "groups"):
        assert cli("dead", command, "shop", "DLQ").out == "No dead letter was read from DLQ.\n"
        told = cli("dead", command, "shop", "DLQ", "--where", "cause:x\x1b").out
        assert told == "No dead letter of DLQ matches cause:x␛.\n"


def test_that_the_table_of_groups_names_the_exception(cli: Cli, desk: FakeDesk) -> None:
    desk.causes = (CauseGroup("c-1", "bad field", "ValueError", 3, AT, None),)
    head, _, line = cli("dead", "groups", "shop", "DLQ").out.splitlines()
    assert head.split() == ["count", "cause", "exception", "first", "last", "id"]
    assert line.split()[:4] == ["3", "bad", "field", "ValueError"]


def test_that_groups_are_of_what_matches(cli: Cli, desk: FakeDesk) -> None:
    cli("dead", "groups", "shop", "DLQ", "--where", "attempts:>3", "--json")
    assert desk.called("groups") == ["attempts:>3"]


def test_that_raw_writes_the_bytes_and_nothing_else(cli: Cli) -> None:
    ended = cli("dead", "show", "shop", "DLQ", "102", "--raw")
    assert ended.raw == EVERY_BYTE
    assert ended.err == ""


def test_that_json_keeps_every_byte(cli: Cli) -> None:
    document = json.loads(cli("dead", "show", "shop", "DLQ", "102", "--json").out)
    assert base64.b64decode(document["body_base64"]) == EVERY_BYTE
    assert base64.b64decode(document["headers"][0]["value_base64"]) == EVIL.value
    plain = json.loads(cli("dead", "show", "shop", "DLQ", "101", "--json").out)
    assert plain["body"] == '{"a": 1}'


def test_that_a_shown_letter_cannot_steer_the_terminal(cli: Cli) -> None:
    ended = cli("dead", "show", "shop", "DLQ", "102")
    assert ended.code == 0
    assert "\x1b" not in ended.out
    assert "\x07" not in ended.out
    assert "␛]0;owned␇\\xff plain" in ended.out
    assert "00000010" in ended.out


def test_that_an_empty_body_is_said(cli: Cli) -> None:
    assert "(empty)" in cli("dead", "show", "shop", "DLQ", "103").out
    assert cli("dead", "show", "shop", "DLQ", "103", "--raw").raw == b""


def test_that_an_unknown_id_ends_with_2(cli: Cli) -> None:
    ended = cli("dead", "show", "shop", "DLQ", "7")
    assert ended.code == 2
    assert "redrive dead ls" in ended.err


def test_that_a_missing_body_is_said(cli: Cli, desk: FakeDesk) -> None:
    desk.letters = [replace(letter(1), payload=Gone("the origin stream dropped it"))]
    assert "the origin stream dropped it" in cli("dead", "show", "shop", "DLQ", "101").out
    assert cli("dead", "show", "shop", "DLQ", "101", "--raw").code == 2
    assert json.loads(cli("dead", "show", "shop", "DLQ", "101", "--json").out)["gone"]


def test_that_deep_json_is_shown_as_text(cli: Cli, desk: FakeDesk) -> None:
    desk.letters = [letter(1, b"[" * 100_000)]
    ended = cli("dead", "show", "shop", "DLQ", "101")
    assert ended.code == 0
    assert "--raw writes all" in ended.out


def test_that_an_export_is_one_whole_letter_a_line(cli: Cli) -> None:
    ended = cli("dead", "export", "shop", "DLQ")
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert [line["id"] for line in lines] == ["101", "102", "103"]
    assert base64.b64decode(lines[1]["body_base64"]) == EVERY_BYTE
    assert ended.err == ""
    assert len(cli("dead", "export", "shop", "DLQ", "--limit", "2").out.splitlines()) == 2


def test_that_a_csv_holds_no_formula(cli: Cli, desk: FakeDesk) -> None:
    desk.letters = [letter(1, b"=cmd()|x"), letter(2, EVERY_BYTE), letter(3, b'a,"b"\nc')]
    ended = cli("dead", "export", "shop", "DLQ", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ended.raw.decode(), newline="")))
    assert rows[0]["body"] == "'=cmd()|x"
    assert base64.b64decode(rows[1]["body_base64"]) == EVERY_BYTE
    assert rows[2]["body"] == 'a,"b"\nc'


def test_that_an_export_never_writes_over_a_file(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "dead.jsonl"
    assert cli("dead", "export", "shop", "DLQ", "--out", str(path)).code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    held = path.read_bytes()
    assert held.count(b"\n") == 3
    ended = cli("dead", "export", "shop", "DLQ", "--out", str(path))
    assert ended.code == 4
    assert path.read_bytes() == held


def _old(desk: FakeDesk) -> None:
    desk.snapshot = SnapshotInfo(
        9, SourceKey("shop", "DLQ"), None, AT - timedelta(minutes=5), 3, complete=True
    )


def test_that_a_free_source_is_read_afresh(cli: Cli, desk: FakeDesk) -> None:
    _old(desk)
    cli("dead", "ls", "shop", "DLQ")
    assert desk.called("read")


def test_that_a_costly_source_is_read_once_and_again_only_when_asked(cli: Cli, desk: FakeDesk) -> None:
    desk.traits = Traits(effects=frozenset({LookEffect.COUNTS}))
    desk.price = "one delivery attempt each"
    first = cli("dead", "ls", "shop", "DLQ")
    assert "one delivery attempt each" in first.err
    assert len(desk.called("read")) == 1
    _old(desk)
    later = cli("dead", "ls", "shop", "DLQ")
    assert len(desk.called("read")) == 1
    assert "5 min ago" in later.err
    cli("dead", "ls", "shop", "DLQ", "--read")
    assert len(desk.called("read")) == 2
