"""`runs`: what is told of runs, and what is asked of them."""

import json

import pytest

from adapters.api import Fate
from dashboard.core.runs import LedgerRow, Pace, RunState, Tally
from tests.unit.cli.fake_desk import FakeDesk, view_of
from tests.unit.cli.harness import Cli

DONE = view_of(1, RunState.DONE, Tally(3, moved=3))
PAUSED = view_of(2, RunState.PAUSED, Tally(3, planned=2, moved=1))


@pytest.mark.parametrize("args", [("runs",), ("runs", "ls")])
def test_that_runs_lists_them(cli: Cli, desk: FakeDesk, args: tuple[str, ...]) -> None:
    desk.all_runs = [PAUSED, DONE]
    document = json.loads(cli(*args, "--json").out)
    assert [item["run"] for item in document["runs"]] == ["R-0002", "R-0001"]
    assert document["runs"][0]["state"] == "paused"
    assert document["runs"][0]["source"] == "DLQ"
    assert document["runs"][0]["frozen"] == 3
    assert "R-0002" in cli(*args).out


def test_that_a_new_rate_is_one_document(cli: Cli, desk: FakeDesk) -> None:
    desk.story = [PAUSED]
    ended = cli("runs", "rate", "R-0002", "250", "--json")
    assert (json.loads(ended.out)["run"], ended.err) == ("R-0002", "")


def test_that_no_run_is_said(cli: Cli) -> None:
    assert cli("runs").out.startswith("No run was made yet.")
    assert json.loads(cli("runs", "--json").out)["runs"] == []


def test_that_show_prints_the_run(cli: Cli, desk: FakeDesk) -> None:
    desk.story = [PAUSED]
    assert json.loads(cli("runs", "show", "R-0002", "--json").out)["planned"] == 2
    shown = cli("runs", "show", "R-0002").out
    assert "3 frozen = 2 planned + 1 moved" in shown
    assert "redrive runs resume R-0002" in shown


def test_that_an_unknown_run_ends_with_2(cli: Cli) -> None:
    assert cli("runs", "show", "R-9999").code == 2


def test_that_resume_goes_on_to_the_end(cli: Cli, desk: FakeDesk) -> None:
    desk.story = [PAUSED, view_of(2, RunState.RUNNING, Tally(3, planned=2, moved=1)), DONE]
    ended = cli("runs", "resume", "R-0002", "--confirm", "shop", "--json")
    assert ended.code == 0
    assert desk.called("resume") == ["shop"]
    assert json.loads(ended.out)["state"] == "done"


def test_that_resume_of_a_finished_run_prints_its_json(cli: Cli, desk: FakeDesk) -> None:
    desk.story = [DONE]
    ended = cli("runs", "resume", "R-0001", "--json")
    assert ended.code == 0
    assert json.loads(ended.out)["moved"] == 3
    assert not desk.called("resume")


def test_that_resume_wants_the_same_connection(cli: Cli, desk: FakeDesk) -> None:
    desk.story = [PAUSED]
    ended = cli("runs", "resume", "R-0002", "nats://127.0.0.1:9999")
    assert ended.code == 2
    assert "runs on shop" in ended.err
    assert not desk.called("resume")


def test_that_rate_keeps_the_rest_of_the_pace(cli: Cli, desk: FakeDesk) -> None:
    desk.story = [
        view_of(2, RunState.RUNNING, Tally(3, planned=3), pace=Pace(rate=10, canary=2, brake_percent=7))
    ]
    assert "R-0002 has a new rate: at most 250/s." in cli("runs", "rate", "R-0002", "250").out
    assert "a new rate: no limit." in cli("runs", "rate", "R-0002", "none", "--brake", "30").out
    assert desk.called("set_pace") == [
        Pace(rate=250.0, canary=2, brake_percent=7),
        Pace(rate=None, canary=2, brake_percent=30.0),
    ]


@pytest.mark.parametrize("act", ["pause", "cancel"])
def test_that_a_run_is_paused_and_cancelled_by_name(cli: Cli, desk: FakeDesk, act: str) -> None:
    desk.story = [PAUSED]
    assert cli("runs", act, "R-0002").code == 0
    assert desk.called(act) == ["R-0002"]


def test_that_a_report_has_one_line_a_message(cli: Cli, desk: FakeDesk) -> None:
    desk.ledger_rows = [
        LedgerRow(n, str(100 + n), Fate.MOVED.value, "removed", None, "", 2 if n == 1 else 1, None)
        for n in range(1, 1203)
    ]
    lines = [json.loads(line) for line in cli("runs", "report", "R-0001").out.splitlines()]
    assert len(lines) == 1202
    assert lines[0] == {"id": "101", "outcome": "moved", "original": "removed", "reason": "", "sent": 2}
