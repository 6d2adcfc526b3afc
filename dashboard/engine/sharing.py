"""How the program's threads share Python's interpreter lock."""

import sys

SWITCH_S = 0.0005


def share_often() -> None:
    """Called once where a process of the program starts.

    A paint calls back into Python some hundred times, and each call waits so long for an engine that is busy. With
    Python's own 5 ms the window stood still for up to 0.4 s while 60,000 dead letters were read; the reading, which
    waited for the window as often, took twice as long. The ledger's thread waits for the event loop in the same way:
    a run of 20,000 messages is a sixth faster.
    """
    sys.setswitchinterval(SWITCH_S)
