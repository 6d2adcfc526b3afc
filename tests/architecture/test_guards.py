"""The guards of `tests/conftest.py` catch what they are there for."""

from __future__ import annotations

import pytest

from tests.helpers.sources import ROOT

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow


@pytest.fixture
def guarded(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text())
    pytester.makepyprojecttoml(
        """
        [tool.pytest.ini_options]
        asyncio_mode = "auto"
        asyncio_default_fixture_loop_scope = "function"
        markers = ["allow_log(pattern): expected"]
        """
    )
    return pytester


def outcome(pytester: pytest.Pytester, source: str) -> tuple[str, dict[str, int]]:
    pytester.makepyfile(source)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", timeout=60)
    return result.stdout.str(), result.parseoutcomes()


def test_that_a_thread_left_running_fails_the_test(guarded: pytest.Pytester) -> None:
    text, counts = outcome(
        guarded,
        """
        import threading
        def test_it():
            threading.Thread(target=threading.Event().wait, name="forgotten", daemon=True).start()
        """,
    )
    assert counts == {"passed": 1, "errors": 1}
    assert "threads left running: forgotten" in text


def test_that_a_task_left_running_fails_the_test(guarded: pytest.Pytester) -> None:
    text, counts = outcome(
        guarded,
        """
        import asyncio
        async def test_it():
            global task
            task = asyncio.create_task(asyncio.Event().wait(), name="forgotten")
        """,
    )
    assert counts == {"passed": 1, "errors": 1}
    assert "forgotten" in text


def test_that_an_unexpected_warning_in_the_log_fails_the_test(guarded: pytest.Pytester) -> None:
    text, counts = outcome(
        guarded,
        """
        import logging
        import pytest
        def test_it():
            logging.getLogger("broker").warning("slow")
        @pytest.mark.allow_log("broker: slow")
        def test_expected():
            logging.getLogger("broker").warning("slow")
        """,
    )
    assert counts == {"passed": 2, "errors": 1}
    assert "WARNING broker: slow" in text


def test_that_a_tidy_test_passes(guarded: pytest.Pytester) -> None:
    _, counts = outcome(
        guarded,
        """
        import asyncio, threading
        def test_thread():
            thread = threading.Thread(target=int)
            thread.start()
        async def test_task():
            await asyncio.create_task(asyncio.sleep(0))
            await asyncio.to_thread(int)
        """,
    )
    assert counts == {"passed": 2}
