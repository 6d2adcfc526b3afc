"""How long to wait before a connection is tried again, by watching and by runs."""

from dataclasses import dataclass
from random import Random

from adapters.api import ConfigError, LoginError


@dataclass(frozen=True, slots=True)
class Backoff:
    """Doubles from `first_s` up to `most_s`, less up to half by chance, so that many clients do not come at once.

    A refused login waits longer, since some servers lock an account; a mistake in the configuration is not tried again
    by itself.
    """

    first_s: float = 1.0
    most_s: float = 30.0
    login_s: float = 60.0

    def wait_s(self, failures: int, error: BaseException, random: Random) -> float | None:
        """Seconds after the `failures`-th failure in a row (from 1); None: not until a person asks."""
        if isinstance(error, ConfigError):
            return None
        if isinstance(error, LoginError):
            return self.login_s * random.uniform(0.5, 1.0)
        return self.outage_s(failures, random)

    def outage_s(self, failures: int, random: Random) -> float:
        """Seconds after the `failures`-th outage in a row (from 1)."""
        grown: float = min(self.most_s, self.first_s * 2.0 ** min(failures - 1, 30))
        return grown * random.uniform(0.5, 1.0)
