"""Exit codes, and how an error becomes one line and a code.

The codes are a contract: 0 done; 1 done, but messages were kept or are unknown, or `doctor` found trouble; 2 wrong
usage; 3 cannot reach or log in; 4 refused; 5 internal error; 6 stopped before its end.
"""

from enum import IntEnum

from adapters.api import (
    ConfigError,
    ConnectError,
    Denied,
    Disconnected,
    FeatureMissing,
    NotFound,
    ProtocolError,
    RedriveError,
    Refused,
    Replaced,
    Unsupported,
)
from dashboard.core.runs import RunState, RunView
from dashboard.store.errors import StoreError


class ExitCode(IntEnum):
    """What the shell is told."""

    DONE = 0
    INCOMPLETE = 1
    USAGE = 2
    UNREACHABLE = 3
    REFUSED = 4
    INTERNAL = 5
    STOPPED = 6


_CODES: tuple[tuple[type[RedriveError], ExitCode], ...] = (
    (ConfigError, ExitCode.USAGE),
    (NotFound, ExitCode.USAGE),
    (ConnectError, ExitCode.UNREACHABLE),
    (Disconnected, ExitCode.UNREACHABLE),
    (FeatureMissing, ExitCode.UNREACHABLE),
    (Denied, ExitCode.REFUSED),
    (Refused, ExitCode.REFUSED),
    (Replaced, ExitCode.REFUSED),
    (Unsupported, ExitCode.REFUSED),
    (StoreError, ExitCode.REFUSED),
    (ProtocolError, ExitCode.INTERNAL),
)


def code_of(error: RedriveError) -> ExitCode:
    """The exit code of an error; one that is in no row is ours."""
    for kind, code in _CODES:
        if isinstance(error, kind):
            return code
    return ExitCode.INTERNAL


def code_of_run(view: RunView) -> ExitCode:
    """The exit code of a run that its process has left."""
    if not view.state.over:
        return ExitCode.STOPPED
    if view.state is RunState.CANCELLED or view.tally.kept or view.tally.unknown:
        return ExitCode.INCOMPLETE
    return ExitCode.DONE
