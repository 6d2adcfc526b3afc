"""The real time."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The computer's clock; seconds from `monotonic` do not go back when it is set."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds from an arbitrary start."""
        return time.monotonic()
