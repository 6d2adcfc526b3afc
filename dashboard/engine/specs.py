"""Makes what an adapter needs out of a connection: secrets found, references to the environment resolved."""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.api import AdapterInfo, ConfigError, ConnectionSpec, LoginError, Secret, split_url
from dashboard.core.addresses import is_reference, referenced
from dashboard.core.connections import Connection
from dashboard.engine.secrets import SecretStore


@dataclass(frozen=True, slots=True)
class Resolver:
    """`environ` is the environment; `client_name` how this program names itself to brokers."""

    secrets: SecretStore
    environ: Mapping[str, str]
    client_name: str

    async def spec(
        self,
        connection: Connection,
        info: AdapterInfo,
        *,
        stored: tuple[str, ...] = (),
        given: Mapping[str, Secret] | None = None,
        run: str = "",
    ) -> ConnectionSpec:
        """The spec of one connection; `stored` names what the keyring should have, `given` goes first.

        Raises `ConfigError` for a missing variable or a secret written out, `LoginError` for a secret that is not
        there any more. No message repeats a value.
        """
        names = secret_names(info)
        options = {
            name: self._value(value) for name, value in connection.options.items() if name not in names
        }
        secrets = {
            name: Secret(self._secret(connection.name, name, value))
            for name, value in connection.options.items()
            if name in names and value
        }
        for name in sorted(names - set(secrets)):
            found = (given or {}).get(name) or await self.secrets.get(
                connection.name, name, stored=name in stored
            )
            if found is not None:
                secrets[name] = found
            elif name in stored:
                raise LoginError(
                    f"The {name} of {connection.name} is not on this computer.",
                    hint=f"Save the connection again with its {name}.",
                )
        return ConnectionSpec(
            kind=connection.kind,
            url=connection.url,
            options=options,
            secrets=secrets,
            client_name=f"{self.client_name} {run}".rstrip(),
        )

    def _value(self, value: str) -> str:
        name = referenced(value)
        return self._variable(name) if name else value

    def _secret(self, connection: str, name: str, value: str) -> str:
        variable = referenced(value)
        if variable:
            return self._variable(variable)
        raise ConfigError(
            f"The {name} of {connection} is written out.",
            hint=f"Write ${{NAME}} in its place, or remove it and save the {name} again.",
        )

    def _variable(self, name: str) -> str:
        try:
            return self.environ[name]
        except KeyError:
            raise ConfigError(
                f"The environment variable {name} is not set.", hint=f"Set {name}, then start again."
            ) from None


def secret_names(info: AdapterInfo) -> set[str]:
    """Fields that are never written down."""
    return {field.name for field in info.fields if field.kind == "secret"}


def without_secrets(
    connection: Connection, info: AdapterInfo, secrets: Mapping[str, Secret]
) -> tuple[Connection, dict[str, Secret]]:
    """The connection as it may be written down, and all secrets that it or its URL held."""
    split = split_url(connection.url)
    names = secret_names(info)
    found: dict[str, Secret] = {}
    options = dict(connection.options)
    for name in names & set(options):
        if not is_reference(options[name]):
            found[name] = Secret(options.pop(name))
    if split.password is not None:
        found["password"] = split.password
    if split.user is not None and split.password is None and "token" in names:
        found["token"] = Secret(split.user)  # As in nats://TOKEN@host.
    elif split.user is not None:
        options.setdefault("user", split.user)
    for name, value in split.options.items():
        if name in names and not is_reference(value):
            found.setdefault(name, Secret(value))
        else:
            options.setdefault(name, value)
    plain = Connection(
        name=connection.name,
        kind=connection.kind,
        url=split.bare,
        options=options,
        environment=connection.environment,
        read_only=connection.read_only,
        saved=connection.saved,
    )
    return plain, {**found, **secrets}
