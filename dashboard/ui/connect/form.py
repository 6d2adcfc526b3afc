"""What a connection's form says, as plain values: from a pasted address, and to a connection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.api import AdapterInfo, ConfigError, Environment, FieldSpec, Secret
from dashboard.core.addresses import is_reference, looks_like_url, read_address
from dashboard.core.connections import Connection

ADDRESS_FIELDS = frozenset({"address", "url"})
"""The field that stands on top of the form."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What an address tells. `bare` is the address without secrets, `moved` the labels of secrets taken out of it."""

    kind: str
    bare: str
    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    loopback: bool = False
    moved: tuple[str, ...] = ()


def kind_of(text: str, kinds: Sequence[AdapterInfo]) -> AdapterInfo | None:
    """The kind that answers to the address' scheme."""
    scheme = text.strip().partition(":")[0].lower()
    return next((info for info in kinds if scheme in info.schemes), None)


def plain_fields(info: AdapterInfo) -> list[FieldSpec]:
    """The fields below the address, the rare ones last."""
    shown = [spec for spec in info.fields if spec.name not in ADDRESS_FIELDS]
    return sorted(shown, key=lambda spec: spec.rare)


def fill(text: str, info: AdapterInfo) -> Filled:
    """Takes an address apart; raises `ConfigError`, which repeats no secret."""
    text = text.strip()
    if text and not looks_like_url(text):
        text = f"{info.schemes[0]}://{text}"
    address = read_address(text, info)
    labels = {spec.name: spec.label for spec in info.fields}
    moved = tuple(labels.get(name, name) for name in address.literal)
    return Filled(
        address.kind, address.url, address.name, address.options, address.secrets, address.loopback, moved
    )


def build(
    info: AdapterInfo,
    *,
    address: str,
    name: str,
    values: Mapping[str, str],
    environment: Environment,
    read_only: bool,
) -> tuple[Connection, dict[str, Secret]]:
    """The connection and its secrets; raises `ConfigError` for what is missing.

    A secret given as a reference (${NAME}) is kept as it is: it tells nothing.
    """
    filled = fill(address, info)
    options = dict(filled.values)
    secrets = dict(filled.secrets)
    for spec in plain_fields(info):
        value = values.get(spec.name, "").strip()
        if spec.required and not value and spec.name not in options:
            raise ConfigError(f"{spec.label} is missing.", hint="Fill it in.")
        if spec.kind == "secret" and value and not is_reference(value):
            secrets[spec.name] = Secret(value)
            options.pop(spec.name, None)
        elif value and value != spec.default:
            options[spec.name] = value
        elif spec.name in options and spec.kind != "secret":
            del options[spec.name]
    wanted = name.strip() or filled.name
    return Connection(wanted, info.kind, filled.bare, options, environment, read_only, saved=True), secrets
