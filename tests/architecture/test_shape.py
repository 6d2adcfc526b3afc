from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.helpers.sources import PACKAGES, modules, relative

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULE_LINES = 400
TEST_MODULE_LINES = 500
FUNCTION_LINES = 80


def too_long(path: Path, limit: int) -> str | None:
    lines = len(path.read_text().splitlines())
    return f"{relative(path)}: {lines} lines" if lines > limit else None


def long_functions(source: str, limit: int) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > limit:
                yield f"{node.name}: {lines} lines"


def test_that_no_module_outgrows_one_reason_to_exist() -> None:
    checks = [too_long(path, MODULE_LINES) for path in modules(*PACKAGES)]
    checks += [too_long(path, TEST_MODULE_LINES) for path in modules("tests")]
    assert [check for check in checks if check] == []


def test_that_no_function_outgrows_a_screen() -> None:
    found = [
        f"{relative(path)} {function}"
        for path in modules(*PACKAGES, "tests")
        for function in long_functions(path.read_text(), FUNCTION_LINES)
    ]
    assert found == []


@pytest.mark.parametrize(("body", "expected"), [(79, []), (80, ["f: 81 lines"])])
def test_that_a_function_is_measured_from_its_first_to_its_last_line(body: int, expected: list[str]) -> None:
    source = "def f():\n" + "    pass\n" * body
    assert list(long_functions(source, FUNCTION_LINES)) == expected


def test_that_every_module_says_what_it_is_for() -> None:
    silent = [
        relative(path) for path in modules(*PACKAGES) if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []
