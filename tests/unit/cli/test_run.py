"""`run` and `purge`: what is asked before, what is told while, and how it ends."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.api import Environment
from dashboard.core.runs import Caution, Draft, LedgerRow, RunState, RunView, Tally
from tests.unit.cli.fake_desk import SHOP, FakeDesk, letter, view_of
from tests.unit.cli.harness import Cli

RUNNING = view_of(1, RunState.RUNNING, Tally(3, planned=3))
DONE = view_of(1, RunState.DONE, Tally(3, moved=3))


@pytest.fixture
def desk(desk: FakeDesk) -> FakeDesk:
    desk.letters = [letter(1), letter(2), letter(3)]
    desk.story = [RUNNING, DONE]
    return desk


def draft(desk: FakeDesk) -> Draft:
    made = desk.called("plan")[0]
    assert isinstance(made, Draft)
    return made


def test_that_a_run_prints_its_documented_keys(cli: Cli) -> None:
    ended = cli("run", "shop", "DLQ", "--json")
    assert ended.code == 0
    assert ended.err == ""
    assert json.loads(ended.out) == {
        "schema": 1,
        "run": "R-0001",
        "state": "done",
        "frozen": 3,
        "planned": 0,
        "sending": 0,
        "moved": 3,
        "kept": 0,
        "gone": 0,
        "unknown": 0,
        "returned": 0,
        "left_behind": 0,
        "seconds": 1.5,
    }


@pytest.mark.parametrize(
    ("view", "code"),
    [
        (view_of(1, RunState.DONE, Tally(3, moved=2, gone=1)), 0),
        (view_of(1, RunState.DONE, Tally(3, moved=2, kept=1)), 1),
        (view_of(1, RunState.DONE, Tally(3, moved=2, unknown=1)), 1),
        (view_of(1, RunState.CANCELLED, Tally(3, kept=3)), 1),
        (view_of(1, RunState.STOPPED, Tally(3, planned=2, moved=1), reason="One came back."), 6),
        (view_of(1, RunState.PAUSED, Tally(3, planned=2, moved=1)), 6),
        (view_of(1, RunState.CUT, Tally(3, planned=2, sending=1)), 6),
    ],
)
def test_that_the_code_says_how_the_run_ended(cli: Cli, desk: FakeDesk, view: RunView, code: int) -> None:
    desk.story = [RUNNING, view]
    ended = cli("run", "shop", "DLQ")
    assert ended.code == code
    assert ("redrive runs resume R-0001" in ended.err) is (code == 6)
    assert view.reason in ended.out


def test_that_what_was_kept_is_told_with_its_reasons(cli: Cli, desk: FakeDesk) -> None:
    desk.story = [RUNNING, view_of(1, RunState.DONE, Tally(4, moved=1, kept=2, unknown=1))]
    reasons = {"kept": "too large\x1b[31m", "unknown": "cut off", "moved": ""}
    outcomes = ["kept", "kept", "unknown", "moved"]
    desk.ledger_rows = [
        LedgerRow(n, str(n), outcome, "left", None, reasons[outcome], 1, None)
        for n, outcome in enumerate(outcomes, 1)
    ]
    ended = cli("run", "shop", "DLQ", "--json")
    assert ended.code == 1
    assert ended.err.splitlines() == [
        "redrive: 2 kept: too large␛[31m (2). redrive runs report R-0001 has each.",
        "redrive: 1 unknown: cut off (1). redrive runs report R-0001 has each.",
    ]


def test_that_options_become_the_draft(cli: Cli, desk: FakeDesk) -> None:
    args = "--where cause:X --to orders.again --canary 2 --watch 9 --rate 50 --brake 5"
    cli("run", "shop", "DLQ", *args.split())
    made = draft(desk)
    assert made.selection.where == "cause:X"
    assert made.to == "orders.again"
    assert (made.pace.canary, made.pace.watch_s, made.pace.rate, made.pace.brake_percent) == (
        2,
        9.0,
        50.0,
        5.0,
    )


def test_that_without_options_there_is_no_limit_and_no_canary(cli: Cli, desk: FakeDesk) -> None:
    cli("run", "shop", "DLQ")
    assert (draft(desk).pace.rate, draft(desk).pace.canary, draft(desk).to) == (None, 0, None)


def test_that_a_dry_run_shows_the_plan_and_starts_nothing(cli: Cli, desk: FakeDesk) -> None:
    ended = cli("run", "shop", "DLQ", "--dry-run", "--json")
    assert ended.code == 0
    plan = json.loads(ended.out)["plan"]
    assert list(plan) == ["frozen", "targets", "guarantee", "warnings", "side_effects"]
    assert plan["targets"] == [{"target": "orders.new", "count": 3, "blocked": None}]
    assert plan["guarantee"].startswith("At least once.")
    assert cli("run", "shop", "DLQ", "--dry-run").code == 0
    assert not desk.called("confirm")


def test_that_a_refused_plan_ends_with_4_and_its_remedy(cli: Cli, desk: FakeDesk) -> None:
    stop = Caution("No stream captures orders.gone", "It would be lost", stop=True, remedy="Pass --to.")
    desk.plan_change = {"warnings": (stop,)}
    tried, dry = cli("run", "shop", "DLQ"), cli("run", "shop", "DLQ", "--dry-run", "--json")
    for ended in (tried, dry):
        assert ended.code == 4
        assert "No stream captures orders.gone" in ended.err
        assert "Pass --to." in ended.err
    assert json.loads(dry.out)["plan"]["frozen"] == 3
    assert not desk.called("confirm")


def test_that_a_warning_is_told_and_does_not_stop(cli: Cli, desk: FakeDesk) -> None:
    desk.plan_change = {"warnings": (Caution("Returns cannot be recognised", "The canary asks"),)}
    ended = cli("run", "shop", "DLQ", "--json")
    assert ended.code == 0
    assert "Returns cannot be recognised" in ended.err


def test_that_production_wants_the_name(cli: Cli, desk: FakeDesk) -> None:
    desk.plan_change = {"typed": "shop"}
    ended = cli("run", "shop", "DLQ")
    assert ended.code == 4
    assert "--confirm shop" in ended.err
    assert not desk.called("confirm")
    assert cli("run", "shop", "DLQ", "--confirm", "shpo").code == 4
    desk.story = [RUNNING, DONE]
    assert cli("run", "shop", "DLQ", "--confirm", "shop").code == 0


def test_that_a_person_at_a_terminal_is_asked(cli: Cli, desk: FakeDesk) -> None:
    desk.plan_change = {"typed": "shop"}
    assert cli("run", "shop", "DLQ", stdin="no\n", terminal=True).code == 4
    assert cli("run", "shop", "DLQ", stdin="", terminal=True).code == 4
    ended = cli("run", "shop", "DLQ", stdin="shop\n", terminal=True)
    assert ended.code == 0
    assert "Type shop to redrive 3 messages" in ended.err


def test_that_development_asks_yes_or_no_at_a_terminal(cli: Cli, desk: FakeDesk) -> None:
    assert cli("run", "shop", "DLQ", stdin="\n", terminal=True).code == 4
    assert not desk.called("confirm")
    assert cli("run", "shop", "DLQ", stdin="y\n", terminal=True).code == 0


def test_that_one_confirm_answers_for_the_canary_and_the_rest(cli: Cli, desk: FakeDesk) -> None:
    desk.plan_change = {"typed": "shop"}
    cli("run", "shop", "DLQ", "--confirm", "shop", "--canary", "1")
    desk.story = [RUNNING, DONE]
    cli("run", "shop", "DLQ", "--canary", "1", stdin="shop\n", terminal=True)
    assert desk.called("confirm") == [("shop", True), ("shop", False)]


STAYED = view_of(1, RunState.STOPPED, Tally(3, planned=2, moved=1), typed="shop", canary_done=True)


def test_that_the_rest_is_asked_for_at_a_terminal(cli: Cli, desk: FakeDesk) -> None:
    desk.plan_change = {"typed": "shop"}
    desk.story = [RUNNING, STAYED, RUNNING, DONE]
    ended = cli("run", "shop", "DLQ", "--canary", "1", stdin="shop\nshop\n", terminal=True)
    assert ended.code == 0
    assert desk.called("resume") == ["shop"]


def test_that_the_rest_is_not_sent_unasked(cli: Cli, desk: FakeDesk) -> None:
    desk.plan_change = {"typed": "shop"}
    desk.story = [RUNNING, STAYED]
    assert cli("run", "shop", "DLQ", "--canary", "1", stdin="shop\nno\n", terminal=True).code == 6
    desk.story = [RUNNING, STAYED]
    assert cli("run", "shop", "DLQ", "--canary", "1", "--confirm", "shop").code == 6
    assert not desk.called("resume")


def test_that_ctrl_c_pauses_and_tells_how_to_go_on(cli: Cli, desk: FakeDesk) -> None:
    paused = view_of(1, RunState.PAUSED, Tally(3, planned=2, moved=1), reason="Paused by you.")

    pausing = [replace(paused, reason="pausing", at_work=True), paused]

    async def running(run: str) -> RunView:
        if desk.called("pause"):
            return pausing.pop(0)
        os.kill(os.getpid(), signal.SIGINT)
        return RUNNING

    desk.run = running  # type: ignore[method-assign]
    ended = cli("run", "shop", "DLQ", "--json")
    assert ended.code == 6
    assert desk.called("pause") == ["id-1"]
    assert pausing == []
    assert json.loads(ended.out)["state"] == "paused"
    assert "redrive runs resume R-0001" in ended.err


def test_that_ids_come_from_a_file_or_stdin(cli: Cli, desk: FakeDesk, tmp_path: Path) -> None:
    path = tmp_path / "ids"
    path.write_text("101\n\n 103 \n")
    assert cli("run", "shop", "DLQ", "--ids", str(path)).code == 0
    assert draft(desk).selection.ids == {"101", "103"}
    desk.calls.clear()
    desk.story = [RUNNING, DONE]
    assert cli("run", "shop", "DLQ", "--ids", "-", stdin="102\n").code == 0
    assert draft(desk).selection.ids == {"102"}


@pytest.mark.parametrize("text", ["", "\n\n", "101\n999\n"])
def test_that_missing_ids_start_nothing(cli: Cli, desk: FakeDesk, text: str) -> None:
    ended = cli("run", "shop", "DLQ", "--ids", "-", stdin=text)
    assert ended.code == 2
    assert not desk.called("plan")


def test_that_an_unreadable_file_of_ids_is_said(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "ids"
    assert cli("run", "shop", "DLQ", "--ids", str(path)).code == 2
    path.write_bytes(b"\xff\xfe1")
    assert "no UTF-8 text" in cli("run", "shop", "DLQ", "--ids", str(path)).err


def test_that_a_read_only_connection_is_not_opened_for_writing(cli: Cli, desk: FakeDesk) -> None:
    desk.known = [replace(SHOP, read_only=True)]
    ended = cli("run", "shop", "DLQ", "--write")
    assert ended.code == 4
    assert "redrive connect" in ended.err


def test_that_a_url_elsewhere_is_production_and_read_only_unless_write(cli: Cli, desk: FakeDesk) -> None:
    cli("run", "nats://broker.example", "DLQ", "--dry-run")
    cli("run", "nats://broker.example", "DLQ", "--dry-run", "--write")
    cli("run", "nats://broker.example", "DLQ", "--dry-run", "--env", "staging")
    made = desk.called("save_connection")
    rights = [(item.name, item.environment, item.read_only, item.saved) for item in made]  # type: ignore[attr-defined]
    assert rights == [
        ("broker.example:4222", Environment.PRODUCTION, True, False),
        ("broker.example:4222", Environment.PRODUCTION, False, False),
        ("broker.example:4222", Environment.STAGING, False, False),
    ]


def test_that_a_literal_secret_is_warned_about_and_not_printed(cli: Cli, desk: FakeDesk) -> None:
    ended = cli("run", "nats://app:s3cret@127.0.0.1", "DLQ", "--json")
    assert ended.code == 0
    assert "${NAME}" in ended.err
    everything = ended.out + ended.err + (cli.home.logs / "redrive.log").read_text()
    assert "s3cret" not in everything
    assert desk.secrets["127.0.0.1:4222"]["password"].reveal() == "s3cret"


def test_that_a_purge_prints_its_documented_keys(cli: Cli, desk: FakeDesk) -> None:
    view = view_of(2, RunState.DONE, Tally(3, moved=3, left_behind=1), kind="purge", archive="A-1")
    desk.story = [view]
    ended = cli("purge", "shop", "DLQ", "--json")
    assert ended.code == 0
    assert json.loads(ended.out) == {
        "schema": 1,
        "run": "R-0002",
        "frozen": 3,
        "archived": 3,
        "removed": 2,
        "kept": 0,
        "gone": 0,
        "unknown": 0,
        "archive": "A-1",
    }
    assert draft(desk).archive


def test_that_no_archive_is_the_brokers_own_purge(cli: Cli, desk: FakeDesk) -> None:
    desk.story = [view_of(2, RunState.DONE, Tally(3, moved=3), kind="purge")]
    document = json.loads(cli("purge", "shop", "DLQ", "--no-archive", "--json").out)
    assert (document["archived"], document["removed"], document["archive"]) == (0, 3, None)
    assert not draft(desk).archive


def test_that_a_restore_names_both_connection_and_target(cli: Cli, desk: FakeDesk) -> None:
    assert cli("restore", "A-1", "--to", "shop", "orders.again").code == 2
    assert cli("restore", "A-1").code == 2
    assert desk.called("restore_plan") == [("A-1", "orders.again", "shop"), ("A-1", None, None)]
