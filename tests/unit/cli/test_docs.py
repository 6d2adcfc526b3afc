"""The page on the command line names every command, every documented key and every exit code."""

import re
from pathlib import Path

import pytest

from dashboard.cli import documents
from dashboard.cli.exits import ExitCode
from dashboard.core import letter_documents
from dashboard.core.runs import ArchiveView, LedgerRow, RunState, Tally, report_line
from tests.unit.cli.fake_desk import AT, FakeDesk, letter, view_of
from tests.unit.cli.harness import Cli

PAGE = (Path(__file__).parents[3] / "docs" / "command-line.md").read_text()
VIEW = view_of(1, RunState.DONE, Tally(1, moved=1))
ARCHIVE = ArchiveView("A-0001", "shop/DLQ", AT, held=3, restored=1, bytes=90, whole=True)


def keys(row: str) -> list[str]:
    """The keys that the page lists beside `row`."""
    found = re.search(rf"^\| {re.escape(row)} \| `([a-z_, ]+)` \|$", PAGE, re.MULTILINE)
    assert found, row
    return found[1].split(", ")


@pytest.mark.parametrize(
    ("row", "document"),
    [
        ("… each item", letter_documents.letter_row(letter(1).row)),
        ("`run`, `runs show`, `runs resume`", documents.run(VIEW)),
        ("`runs ls`", documents.runs([VIEW])),
        ("`purge`", documents.purge(VIEW)),
        ("`restore`", documents.restore(VIEW)),
        ("`restore --list`", documents.archives([ARCHIVE])),
        ("… each archive", documents.archive(ARCHIVE)),
        (
            "`runs report` (JSON Lines)",
            report_line(LedgerRow(1, "1", "moved", "removed", None, "", 1, None)),
        ),
        ("`dead groups`", documents.groups("DLQ", ())),
    ],
)
def test_that_the_documented_keys_are_those_printed(row: str, document: documents.Document) -> None:
    assert list(document) == keys(row)


def test_that_the_documented_measures_are_those_printed() -> None:
    assert [measure.value for measure in documents.MEASURES] == keys("… `measures`")


def test_that_every_exit_code_is_documented() -> None:
    rows = re.findall(r"^\| (\d) \| ", PAGE, re.MULTILINE)
    assert [int(row) for row in rows] == [int(code) for code in ExitCode]


def test_that_every_command_is_documented(
    cli: Cli, desk: FakeDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    for group in ((), ("dead",), ("runs",), ("connections",)):
        cli(*group, "--help")
        listed = capsys.readouterr().out.partition("Commands:")[2]
        names = re.findall(r"^  ([a-z-]+) ", listed, re.MULTILINE)
        assert names
        for name in names:
            assert re.search(rf"`(redrive )?({' '.join(group)} )?{name}\b", PAGE), name
