"""Everything that can go wrong at a broker, on two axes: who can act, and what is known of the effect.

::

    RedriveError
    ├── ConfigError               a field of the connection is missing or makes no sense      (user)
    │   ├── UnknownKind           no adapter of that name; says what was perhaps meant
    │   └── MissingDriver         the adapter's library is not installed; says the command
    ├── ConnectError              cannot reach the broker                                     (operator)
    │   ├── LoginError            reached, but the credentials were refused
    │   └── TlsError              reached, but the certificate or protocol does not fit
    ├── BrokerError               the broker answered with an error                           (operator)
    │   ├── NotFound              the resource, source or target is not there (any more)
    │   ├── Denied                this account may not do it
    │   ├── Replaced              the source was made anew; positions mean other messages now
    │   ├── Refused               the broker would not take the message (too large, full, loop)
    │   └── FeatureMissing        the server lacks something (JetStream off, plugin off)
    ├── Disconnected              the connection broke or an answer did not come in time      (operator)
    ├── Unsupported               the adapter does not declare this; nothing was changed      (user)
    └── ProtocolError             the broker said what it never should                        (us)

Every error carries `effect`: `NOT_DONE` (nothing changed), `DONE` (the act happened, what followed failed)
or `UNKNOWN` (it may have happened). Messages hold no secret; `hint` says what to do next.
"""

from enum import Enum
from typing import ClassVar


class Actor(Enum):
    """Who can do something about an error."""

    USER = "user"
    OPERATOR = "operator"
    US = "us"


class Effect(Enum):
    """What is known of the act that failed."""

    NOT_DONE = "not done"
    DONE = "done"
    UNKNOWN = "unknown"


class RedriveError(Exception):
    """Root of the tree: one sentence, a hint, an actor and the known effect."""

    actor: ClassVar[Actor] = Actor.US

    def __init__(self, message: str, *, hint: str = "", effect: Effect = Effect.NOT_DONE) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.effect = effect

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class ConfigError(RedriveError):
    """A field of the connection is missing or makes no sense."""

    actor = Actor.USER


class UnknownKind(ConfigError):
    """No adapter of that name."""


class MissingDriver(ConfigError):
    """The adapter's library is not installed."""


class ConnectError(RedriveError):
    """The broker cannot be reached."""

    actor = Actor.OPERATOR


class LoginError(ConnectError):
    """The broker was reached, the credentials were refused."""


class TlsError(ConnectError):
    """The broker was reached, the certificate or the protocol does not fit."""


class BrokerError(RedriveError):
    """The broker answered with an error."""

    actor = Actor.OPERATOR


class NotFound(BrokerError):
    """The resource, source or target is not there."""


class Denied(BrokerError):
    """This account may not do it."""


class Replaced(BrokerError):
    """The source was made anew: its old positions mean other messages now."""


class Refused(BrokerError):
    """The broker would not take the message."""


class FeatureMissing(BrokerError):
    """The server lacks what is needed."""


class Disconnected(RedriveError):
    """The connection broke, or an answer did not come in time."""

    actor = Actor.OPERATOR


class Unsupported(RedriveError):
    """The adapter does not declare this; nothing was changed."""

    actor = Actor.USER


class ProtocolError(RedriveError):
    """The broker said what it never should; worth a report."""
