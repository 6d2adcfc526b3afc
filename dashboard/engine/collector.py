"""How often the cyclic garbage collector looks through everything."""

import gc

_YOUNG = 20_000
_MIDDLE = 20
_OLD = 50


def calm_collector() -> None:
    """Collects less often; for the process that holds a snapshot or a run, called once where it starts.

    A run or a scan makes some ten objects a message, none of them in a cycle, and keeps many. At Python's own
    threshold (700 new objects) each batch made the collector walk them all again: a third of the CPU time of a run
    of 20,000 messages, in pauses of up to a tenth of a second.
    """
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
