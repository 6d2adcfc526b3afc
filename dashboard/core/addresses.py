"""A connection's URL as a person types or pastes it: kind, name, options, and secrets kept apart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.api import AdapterInfo, ConfigError, Environment, Secret, SplitUrl, split_url
from dashboard.core.connections import Connection

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|::1|")


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart for its adapter.

    `name` is host and port. `options` are the plain fields, references such as ${NATS_PASSWORD} included, since they
    tell nothing. `secrets` are literal ones, `literal` their words. `secret_field` is the one to ask for when the
    broker refuses the login.
    """

    kind: str
    name: str
    url: str
    options: Mapping[str, str]
    secrets: Mapping[str, Secret]
    literal: tuple[str, ...]
    secret_field: str
    loopback: bool

    def connection(self, *, environment: Environment | None = None, write: bool = False) -> Connection:
        """The unsaved connection: development on loopback, else production, and that read-only unless `write`."""
        if environment is None:
            environment = Environment.DEVELOPMENT if self.loopback else Environment.PRODUCTION
        return Connection(
            name=self.name,
            kind=self.kind,
            url=self.url,
            options=self.options,
            environment=environment,
            read_only=environment is Environment.PRODUCTION and not write,
            saved=False,
        )


def looks_like_url(text: str) -> bool:
    """Whether this is a URL, and not a connection's name."""
    return "://" in text or _SCHEME.match(text) is not None


def referenced(value: str) -> str | None:
    """The environment variable that ${NAME} names; None for anything else."""
    found = _REFERENCE.fullmatch(value)
    return found[1] if found else None


def is_reference(value: str) -> bool:
    """Whether this names an environment variable: ${NAME}."""
    return referenced(value) is not None


def read_address(text: str, info: AdapterInfo) -> Address:
    """Takes a URL apart by the fields of its adapter; raises `ConfigError`, which repeats no secret."""
    split = split_url(text)
    if not split.host and not split.path and info.default_port is not None:
        raise ConfigError("The address has no host.", hint=f"It looks like {info.example}.")
    secret_names = [field.name for field in info.fields if field.kind == "secret"]
    options: dict[str, str] = {}
    secrets: dict[str, Secret] = {}
    for name, value in _values(split, secret_names):
        if (name in secret_names or name == "password") and not is_reference(value):
            secrets[name] = Secret(value)
        else:
            options[name] = value
    return Address(
        kind=info.kind,
        name=_name(split, info),
        url=split.bare,
        options=options,
        secrets=secrets,
        literal=tuple(secrets),
        secret_field=secret_names[0] if secret_names else "password",
        loopback=_LOOPBACK.fullmatch(split.host) is not None,
    )


def _values(split: SplitUrl, secret_names: list[str]) -> list[tuple[str, str]]:
    """Field values: a user without a password is a token where the adapter has one (as nats://TOKEN@host)."""
    values = list(split.options.items())
    if split.password is not None:
        values.append(("password", split.password.reveal()))
    if split.user is not None:
        alone = split.password is None and "password" not in split.options
        values.append(("token" if alone and "token" in secret_names else "user", split.user))
    return values


def _name(split: SplitUrl, info: AdapterInfo) -> str:
    host = f"[{split.host}]" if ":" in split.host else split.host
    if not host:
        return split.bare
    port = split.port if split.port is not None else info.default_port
    return host if port is None else f"{host}:{port}"
