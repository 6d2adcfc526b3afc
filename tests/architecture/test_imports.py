from __future__ import annotations

import subprocess
import sys

import grimp
import pytest

from tests.architecture.contracts import AllowedOutside, Owned
from tests.helpers.sources import ROOT, dotted, modules

HEADLESS = (
    "adapters",
    "dashboard/cli",
    "dashboard/core",
    "dashboard/demo",
    "dashboard/engine",
    "dashboard/store",
)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )


def test_that_the_layers_hold() -> None:
    result = run(
        "-c", "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-logo'])"
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_that_everything_but_the_window_is_imported_without_qt() -> None:
    names = [dotted(path) for path in modules(*HEADLESS)]
    # The contract suite is a set of tests: it needs pytest, and is imported by those who have it.
    script = "import sys\nfrom tests.helpers.without_qt import QtIsMissing\nimport importlib\n"
    script += "sys.meta_path.insert(0, QtIsMissing())\n"
    script += f"for name in {names!r}: importlib.import_module(name)\n"
    result = run("-W", "error", "-c", script)
    assert result.returncode == 0, result.stderr


def test_that_the_blocked_import_looks_like_a_missing_package() -> None:
    script = "import sys; from tests.helpers.without_qt import QtIsMissing; "
    script += "sys.meta_path.insert(0, QtIsMissing()); import PySide6.QtCore"
    result = run("-c", script)
    assert result.returncode == 1
    assert "ModuleNotFoundError: No module named 'PySide6'" in result.stderr


@pytest.fixture
def graph() -> grimp.ImportGraph:
    """`low` imports json and httpx; `high` imports `low` and sqlite3."""
    made = grimp.ImportGraph()
    for module in ("low", "low.part", "high"):
        made.add_module(module)
    for outside in ("json", "httpx", "sqlite3"):
        made.add_module(outside, is_squashed=True)
    for importer, imported in (
        ("low.part", "json"),
        ("low.part", "httpx"),
        ("high", "low.part"),
        ("high", "sqlite3"),
    ):
        made.add_import(
            importer=importer, imported=imported, line_number=3, line_contents=f"import {imported}"
        )
    return made


def allowed(graph: grimp.ImportGraph, **options: list[str]) -> list[str]:
    contract = AllowedOutside("allowed", {}, {"source_modules": ["low"], **options})
    return [link["imported"] for link in contract.check(graph, verbose=False).metadata["links"]]


def owned(graph: grimp.ImportGraph, packages: list[str], owners: list[str]) -> list[str]:
    contract = Owned("owned", {}, {"packages": packages, "owners": owners})
    return [link["importer"] for link in contract.check(graph, verbose=False).metadata["links"]]


def test_that_an_outside_package_not_listed_breaks_the_contract(graph: grimp.ImportGraph) -> None:
    assert allowed(graph, allowed=["standard-library"]) == ["httpx"]
    assert allowed(graph, allowed=["standard-library", "httpx"]) == []


def test_that_part_of_the_standard_library_can_be_denied(graph: grimp.ImportGraph) -> None:
    assert allowed(graph, allowed=["standard-library", "httpx"], denied=["json"]) == ["json"]


def test_that_a_contract_on_a_package_that_is_not_there_is_an_error(graph: grimp.ImportGraph) -> None:
    contract = AllowedOutside("typo", {}, {"source_modules": ["lwo"], "allowed": ["standard-library"]})
    with pytest.raises(ValueError, match="lwo"):
        contract.check(graph, verbose=False)


def test_that_an_owned_package_is_for_its_owners_only(graph: grimp.ImportGraph) -> None:
    assert owned(graph, ["sqlite3"], ["low"]) == ["high"]
    assert owned(graph, ["sqlite3"], ["high"]) == []


def test_that_a_package_owns_itself(graph: grimp.ImportGraph) -> None:
    assert owned(graph, ["low"], []) == ["high"]
