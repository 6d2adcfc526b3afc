"""The plugin fails contract tests that block the loop, and reports what adapters declare."""

import pytest

from tests.helpers.sources import ROOT

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow

MODULE = """
import time
import pytest
from adapters.testing.contract import Contract
from tests.contract.memory_harness import MemoryHarness

class TestOne(Contract):
    @pytest.fixture
    def harness(self):
        return MemoryHarness("classic")

    async def test_that_it_declares(self, adapter, harness):
        await self.traits(adapter, harness)

    async def test_that_it_blocks(self, adapter, harness):
        time.sleep(0.01)
"""


def test_that_a_blocked_loop_fails_and_the_rest_is_reported(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest('pytest_plugins = ["adapters.testing.plugin"]')
    pytester.makepyprojecttoml(
        """
        [tool.pytest.ini_options]
        asyncio_mode = "strict"
        asyncio_default_fixture_loop_scope = "function"
        addopts = ["--strict-markers"]
        """
    )
    pytester.makepyfile(MODULE)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", timeout=60)
    result.assert_outcomes(passed=1, failed=1)
    text = result.stdout.str()
    assert "BlockingError" in text
    assert "memory classic: 1 hold, 1 DO NOT" in text
    assert "a look: redelivered · identity: digest" in text
