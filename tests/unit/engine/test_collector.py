"""The collector is calmed, not turned off."""

import gc
import weakref

from dashboard.engine.collector import calm_collector


class Node:
    def __init__(self) -> None:
        self.itself = self


def test_that_cycles_are_still_collected_after_a_while() -> None:
    before = gc.get_threshold()
    try:
        calm_collector()
        assert gc.isenabled()
        gone = weakref.ref(Node())
        kept = [Node() for _ in range(gc.get_threshold()[0] + 1)]
        assert kept
        assert gone() is None
    finally:
        gc.set_threshold(*before)
