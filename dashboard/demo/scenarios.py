"""The rehearsals as data: which program is told what, and which is killed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.api import ConfigError
from dashboard.core.demo import DemoScenario
from dashboard.demo.orders import EVERY_DAY, Mix
from dashboard.demo.topology import STOREFRONT

ORDERS_PER_SECOND = 25.0
"""Each order becomes a message in four queues: about 100 messages a second."""

_POISON = Mix(currency=0.25, schema=0.06, bulk=0.03, remote=0.03, address=0.04)


@dataclass(frozen=True, slots=True)
class Knobs:
    """What a program can be told while it runs; each reads what concerns it."""

    rate: float = ORDERS_PER_SECOND
    mix: Mix = EVERY_DAY
    extra_s: float = 0.0


CALM = Knobs()


@dataclass(frozen=True, slots=True)
class Script:
    """What a scenario does: programs with other knobs than every day, and programs that are killed."""

    about: DemoScenario
    knobs: Mapping[str, Knobs] = field(default_factory=dict)
    kill: tuple[str, ...] = ()


SCRIPTS = (
    Script(
        DemoScenario("poison", "Poison messages", "Four in ten orders are flawed; dead letters pile up."),
        knobs={STOREFRONT: Knobs(mix=_POISON)},
    ),
    Script(
        DemoScenario(
            "slow-consumer", "Slow consumer", "label-printer handles 8 a second of 25; SHIPPING grows."
        ),
        knobs={"label-printer": Knobs(extra_s=0.5)},
    ),
    Script(
        DemoScenario(
            "kill-consumer", "Kill a consumer", "mailer is killed; EMAIL grows and nothing leaves it."
        ),
        kill=("mailer",),
    ),
    Script(
        DemoScenario("burst", "Burst", "Ten times the orders; payment-capture cannot keep up."),
        knobs={STOREFRONT: Knobs(rate=10 * ORDERS_PER_SECOND)},
    ),
)


def script_named(name: str) -> Script:
    """The script of that name; raises `ConfigError` with the known names."""
    for script in SCRIPTS:
        if script.about.name == name:
            return script
    known = ", ".join(script.about.name for script in SCRIPTS)
    raise ConfigError(f"There is no scenario {name!r}.", hint=f"Known are {known}.")
