"""The clock of tests and of rules played against the past."""

from datetime import timedelta

import pytest

from adapters.api import Clock
from dashboard.core.clock import FakeClock


def test_that_both_times_advance_together_and_only_forward() -> None:
    clock = FakeClock()
    as_port: Clock = clock
    before = as_port.now(), as_port.monotonic()
    clock.advance(2.5)
    assert (as_port.now() - before[0], as_port.monotonic() - before[1]) == (timedelta(seconds=2.5), 2.5)
    with pytest.raises(ValueError, match="back"):
        clock.advance(-1)
