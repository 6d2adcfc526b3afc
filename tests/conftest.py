"""What holds for every test: offscreen, a home of its own, no unexpected log line, nothing left running."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import re
import threading
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

# Seconds that a thread or task may take to end after its test has ended.
GRACE = 3.0

# The installed program brings this plugin too; this line serves a checkout that is not installed.
pytest_plugins = ["adapters.testing.plugin"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--headed", action="store_true", help="draw windows on the display instead of offscreen")


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--headed"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # No test reads or writes the keyring of the person who runs it.
    os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRIVE_HOME", str(tmp_path / "redrive-home"))


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs a warning or an error unless a mark `allow_log(pattern)` expects it."""
    collector = _Collector()
    root = logging.getLogger()
    root.addHandler(collector)
    yield
    root.removeHandler(collector)
    allowed = [re.compile(mark.args[0]) for mark in request.node.iter_markers("allow_log")]
    unexpected = [line for line in collector.lines if not any(pattern.search(line) for pattern in allowed)]
    if unexpected:
        pytest.fail("unexpected in the log:\n" + "\n".join(unexpected), pytrace=False)


def _own_threads() -> set[threading.Thread]:
    # A dummy stands for a thread that something other than Python started, such as Qt.
    return {thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}


_BEFORE = pytest.StashKey[set[threading.Thread]]()


@pytest.fixture(autouse=True)
def _threads_before(request: pytest.FixtureRequest) -> None:
    # Taken in a fixture, so after the set-up of what outlives the test: a broker of the session may have threads.
    request.node.stash[_BEFORE] = _own_threads()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Fail a test whose threads still run once all its fixtures, the event loop included, have ended."""
    yield
    if _BEFORE not in item.stash:
        return
    before = item.stash[_BEFORE]
    new = _own_threads() - before
    for thread in new:
        thread.join(GRACE)
    alive = sorted(thread.name for thread in new if thread.is_alive())
    if alive:
        pytest.fail(f"threads left running: {', '.join(alive)}", pytrace=False)


@pytest_asyncio.fixture
async def _tasks_end_with_the_test() -> AsyncIterator[None]:
    own = asyncio.current_task()
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {own, asyncio.current_task()}
    if left:
        _, left = await asyncio.wait(left, timeout=GRACE)
    if left:
        pytest.fail("tasks left running:\n" + "\n".join(sorted(map(repr, left))), pytrace=False)


@pytest.fixture(autouse=True)
def _leaked_tasks(request: pytest.FixtureRequest) -> None:
    # Asked for first, so ended last: after all that the test itself asked for.
    if inspect.iscoroutinefunction(getattr(request, "function", None)):
        request.getfixturevalue("_tasks_end_with_the_test")
