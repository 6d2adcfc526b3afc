"""The oracle passes the suite in every shape."""

import pytest

from adapters.memory.shapes import SHAPES
from adapters.testing.harness import Harness
from adapters.testing.suite import AdapterContract
from tests.contract.memory_harness import MemoryHarness


class TestMemory(AdapterContract):
    @pytest.fixture(params=sorted(SHAPES))
    def harness(self, request: pytest.FixtureRequest) -> Harness:
        return MemoryHarness(request.param)
