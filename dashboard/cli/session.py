"""One command's work with the engine: connections by name or URL, and readings of dead-letter sources."""

import difflib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from adapters.api import Clock, ConfigError, Denied, Environment, LoginError, Secret
from adapters.registry import Registry
from dashboard.cli.output import Output
from dashboard.core import words
from dashboard.core.addresses import Address, looks_like_url, read_address
from dashboard.core.connections import Connection
from dashboard.core.desk import Desk
from dashboard.core.letters import SnapshotInfo, SourceKey
from dashboard.engine.headless import Stop


@dataclass(frozen=True, slots=True)
class Given:
    """What was said of a connection: a saved name or a URL, and what overrides its defaults."""

    name: str
    environment: Environment | None = None
    write: bool = False


class Session:
    """The engine, and what the command line adds to it. Everything it needs is handed in."""

    def __init__(self, desk: Desk, out: Output, stop: Stop, clock: Clock, registry: Registry) -> None:
        self.desk = desk
        self.out = out
        self.stop = stop
        self.clock = clock
        self.registry = registry
        self._asked: dict[str, Mapping[str, Secret]] = {}
        self._secrets: dict[str, Mapping[str, Secret]] = {}

    async def use(self, given: Given) -> Connection:
        """The connection meant; one given as a URL is known to the engine for this session.

        Raises `ConfigError` for what is neither, `Denied` where writing was asked of one saved as read-only.
        """
        if self._is_url(given.name):
            return await self._by_url(given)
        return await self._saved(await self.saved(given.name), given)

    def _is_url(self, text: str) -> bool:
        """A name may hold a colon, as localhost:4222; only a known scheme makes a URL of it."""
        if "://" in text:
            return True
        schemes = {scheme for info in self.registry.infos() for scheme in info.schemes}
        return looks_like_url(text) and text.partition(":")[0].lower() in schemes

    async def _saved(self, connection: Connection, given: Given) -> Connection:
        if given.write and connection.read_only:
            raise Denied(
                f"{connection.name} is saved as read-only.",
                hint=f"Run: redrive connect {connection.url} --name {connection.name} --write",
            )
        if given.environment is None or given.environment is connection.environment:
            return connection
        changed = replace(connection, environment=given.environment, saved=False)
        await self.desk.save_connection(changed, {})
        return changed

    async def _by_url(self, given: Given) -> Connection:
        address = read_address(given.name, self.registry.by_url(given.name))
        self.warn_literal(address)
        connection = address.connection(environment=given.environment, write=given.write)
        secrets = {**address.secrets, **self._asked.get(given.name, {})}
        self._secrets[connection.name] = secrets
        await self.desk.save_connection(connection, secrets)
        return connection

    async def saved(self, name: str) -> Connection:
        """The saved connection of that name; raises `ConfigError` where there is none."""
        known = [view.connection for view in await self.desk.connections()]
        for connection in known:
            if connection.saved and connection.name == name:
                return connection
        raise ConfigError(f"There is no saved connection {name!r}.", hint=_meant(name, known))

    def secrets(self, name: str) -> Mapping[str, Secret]:
        """The literal secrets that came with a URL of this command."""
        return self._secrets.get(name, {})

    def warn_literal(self, address: Address) -> None:
        """Tells on stderr that a secret was written out in a URL."""
        if address.literal:
            self.out.warn(
                f"The {' and the '.join(address.literal)} in the address can be read by others on this computer."
                " It is used once and not stored. Write ${NAME} in its place."
            )

    async def ask_login(self, given: Given, error: LoginError) -> bool:
        """Asks a person for the secret that was missing; False where nobody can be asked or one was given.

        That of a saved connection is kept in the keyring, or until the end of this command where there is none.
        """
        if not self.out.asks or given.name in self._asked:
            return False
        if self._is_url(given.name):
            address = read_address(given.name, self.registry.by_url(given.name))
            if address.secrets:
                return False
            field = address.secret_field
            self._asked[given.name] = {field: self._ask_for(field, address.name, error)}
            return True
        connection = await self.saved(given.name)
        fields = [one.name for one in self.registry.by_kind(connection.kind).fields if one.kind == "secret"]
        if not fields:
            return False
        self._asked[given.name] = {fields[0]: self._ask_for(fields[0], connection.name, error)}
        await self.desk.save_connection(connection, self._asked[given.name])
        return True

    def _ask_for(self, field: str, name: str, error: LoginError) -> Secret:
        self.out.warn(str(error))
        return self.ask_secret(f"{name}, {field}:")

    def ask_secret(self, question: str) -> Secret:
        """A secret typed by a person; Ctrl+C ends the program."""
        with self._plain():
            return self.out.ask_secret(question)

    def ask(self, question: str) -> str:
        """An answer typed by a person; Ctrl+C ends the program."""
        with self._plain():
            return self.out.ask(question)

    def _plain(self) -> AbstractContextManager[None]:
        return self.stop.interrupting()

    async def reading(self, key: SourceKey, *, afresh: bool = False) -> SnapshotInfo:
        """The reading to show or to freeze from.

        Where looking is free it is made anew. Where it costs, the last one stands until `afresh`; the price of a first
        one is told before it is paid.
        """
        asked_at = self.clock.now()
        view = await self.desk.source(key)
        last = view.snapshot
        if last is not None and not last.reading and last.read_at >= asked_at:
            return last
        if last is not None and not view.traits.free and not afresh:
            age = (self.clock.now() - last.read_at).total_seconds()
            self.out.warn(
                f"{key.source} was read {words.duration(age)} ago. --read reads it again: {view.price}"
            )
            return last
        if view.price:
            self.out.warn(f"Reading {key.source}: {view.price}")
        snapshot = await self.desk.read(key)
        if snapshot.failed:
            self.out.warn(f"The reading ended early: {snapshot.failed}")
        return snapshot


def _meant(name: str, known: Sequence[Connection]) -> str:
    saved = [connection.name for connection in known if connection.saved]
    close = difflib.get_close_matches(name, saved, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    if saved:
        return f"Saved are {', '.join(sorted(saved))}. A URL works too."
    return "None is saved yet. Give a URL, as nats://127.0.0.1:4222, or save one with redrive connect."
