"""How a connection is described: fields for the dialog, values, and secrets that never print."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal
from urllib.parse import unquote, urlsplit, urlunsplit

from adapters.api.errors import ConfigError


class Environment(Enum):
    """What is at stake behind a connection."""

    PRODUCTION = "production"
    STAGING = "staging"
    DEVELOPMENT = "development"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of the connection dialog. `secret` fields go to the keyring; `rare` ones are folded away."""

    name: str
    label: str
    kind: Literal["text", "secret", "path", "flag", "choice", "number"] = "text"
    default: str = ""
    help: str = ""
    placeholder: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    rare: bool = False


class Secret:
    """A secret value whose repr and str are masked; `reveal()` is called only by adapters."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(••••)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True)
class ConnectionSpec:
    """All that an adapter needs to connect: the URL without secrets, field values, and secrets apart.

    `options` are the URL's query parameters and the dialog's plain fields by name. `client_name` is how this program
    names itself to the broker.
    """

    kind: str
    url: str
    options: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    client_name: str = "redrive"


@dataclass(frozen=True, slots=True)
class SplitUrl:
    """A URL taken apart: `bare` has no user info and no query."""

    scheme: str
    bare: str
    host: str
    port: int | None
    user: str | None
    password: Secret | None
    path: str
    options: Mapping[str, str]


def split_url(url: str) -> SplitUrl:
    """Takes a connection URL apart; raises `ConfigError` for what is not one, without repeating its secrets."""
    if any(ord(char) < 0x21 for char in url):
        raise ConfigError("The address holds a space or a control character.", hint="Copy it again.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigError(
            f"The address cannot be read: {error}.", hint="It looks like nats://host:4222."
        ) from None
    if not parts.scheme:
        raise ConfigError("The address has no scheme.", hint="It looks like nats://host:4222.")
    host = parts.hostname or ""
    netloc = f"[{host}]" if ":" in host else host
    if port is not None:
        netloc += f":{port}"
    bare = (
        urlunsplit((parts.scheme, netloc, parts.path, "", "")) if netloc else f"{parts.scheme}:{parts.path}"
    )
    return SplitUrl(
        scheme=parts.scheme.lower(),
        bare=bare,
        host=host,
        port=port,
        user=unquote(parts.username) if parts.username else None,
        password=Secret(unquote(parts.password)) if parts.password else None,
        path=parts.path,
        options=_options(parts.query),
    )


def _options(query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            options[unquote(name)] = unquote(value)
    return options
