"""How the storyline divides its seconds: pure, so that a short and a long story can be checked without telling them."""

from dataclasses import dataclass

from adapters.api import ConfigError
from dashboard.demo.topology import ACK_WAIT_S, MAX_DELIVER

SHORTEST_S = 15.0
DEFAULT_S = 60.0

DIES_AGAIN_S = ACK_WAIT_S * MAX_DELIVER
"""The longest that a redriven message takes to die again in a shop that keeps up."""

_TOLD_ANYWAY_S = 6.0
"""Start, reading, deploying the fix and the runs themselves, with some air."""

_SECOND_CANARY_FROM_S = 18.0


@dataclass(frozen=True, slots=True)
class Pacing:
    """Seconds of the phases: a calm look, the scenario, the canary's watch before the fix and after it (0: no canary).

    What they leave of the story is spent looking on at the end.
    """

    calm_s: float
    scenario_s: float
    watch_s: float
    second_watch_s: float


def pace(seconds: float) -> Pacing:
    """Divides `seconds`; raises `ConfigError` where they are too few for the whole story."""
    if not seconds >= SHORTEST_S:
        raise ConfigError(
            f"The story takes at least {SHORTEST_S:g} s.", hint=f"Use --for {SHORTEST_S:g} or more."
        )
    watch = min(DIES_AGAIN_S + (seconds - SHORTEST_S) / 10, 8.0)
    second = watch if seconds >= _SECOND_CANARY_FROM_S else 0.0
    free = seconds - _TOLD_ANYWAY_S - watch - second
    scenario = min(0.6 * free, 20.0)
    calm = min(0.2 * free, 10.0)
    return Pacing(calm_s=calm, scenario_s=scenario, watch_s=watch, second_watch_s=second)
