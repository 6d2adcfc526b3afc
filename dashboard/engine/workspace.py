"""The workspace file: connections without secrets and the user's own header pairs, comments preserved."""

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError
from tomlkit.items import Table

from adapters.api import ConfigError, Environment
from dashboard.core.connections import Connection
from dashboard.store.errors import Unwritable

_FIRST_LINES = "What Redrive watches. Secrets are never written here: they lie in the keyring,\nor stand as ${NAME} for an environment variable."
_HINT = "Correct the file, or move it away to begin anew."


@dataclass(frozen=True, slots=True)
class Saved:
    """A connection of the file. `secrets` are names of what the keyring holds for it; `interval_s` None: the default."""

    connection: Connection
    secrets: tuple[str, ...] = ()
    interval_s: float | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What the file says. `failure_headers` are pairs of header names: exception, message."""

    connections: tuple[Saved, ...] = ()
    failure_headers: tuple[tuple[str, str], ...] = ()


class Workspace:
    """One file. Each change reads it afresh, touches its own lines only and replaces it whole, mode 0600.

    A file that cannot be read is left as it is: reading and changing raise `ConfigError` with the line. All calls
    block; the engine makes them in a thread.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Contents:
        """The file's contents; nothing where there is no file."""
        text = self._text()
        document = self._parse(text)
        reader = _Reader(self.path, text)
        return Contents(
            tuple(reader.connection(name, row) for name, row in reader.tables(document, "connections")),
            tuple(reader.pair(row) for row in reader.rows(document, "failure_headers")),
        )

    def put(self, saved: Saved) -> None:
        """Writes one connection, in place of the one of that name."""
        self.load()  # A file with a mistake elsewhere is not written over.
        document = self._parse(self._text())
        connections = document.get("connections")
        if connections is None:
            connections = document["connections"] = tomlkit.table(is_super_table=True)
        table = connections.get(saved.connection.name)
        if table is None:
            table = connections[saved.connection.name] = tomlkit.table()
        _fill(table, saved)
        self._write(document)

    def remove(self, name: str) -> None:
        """Removes one connection; nothing happens where it is not there."""
        document = self._parse(self._text())
        connections = document.get("connections", {})
        if name in connections:
            del connections[name]
            self._write(document)

    def _text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as error:
            raise ConfigError(f"{self.path} is not UTF-8 text (byte {error.start}).", hint=_HINT) from error
        except OSError as error:
            raise ConfigError(f"{self.path} cannot be read: {error.strerror}.", hint=_HINT) from error

    def _parse(self, text: str) -> tomlkit.TOMLDocument:
        if not text:
            document = tomlkit.document()
            for line in _FIRST_LINES.splitlines():
                document.add(tomlkit.comment(line))
            return document
        try:
            return tomlkit.parse(text)
        except ParseError as error:
            reason = re.sub(r" at line \d+ col \d+$", "", str(error))
            raise ConfigError(f"{self.path}, line {error.line}: {reason}.", hint=_HINT) from error
        except TOMLKitError as error:
            raise ConfigError(f"{self.path}: {error}.", hint=_HINT) from error

    def _write(self, document: tomlkit.TOMLDocument) -> None:
        # A link stays a link: the file may live in a repository of its own.
        path = self.path.resolve()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".workspace-", dir=path.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(tomlkit.dumps(document))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except OSError as error:
            raise Unwritable(
                f"{path} cannot be written: {error.strerror}.", hint="Check the folder and its rights."
            ) from error


def _fill(table: Any, saved: Saved) -> None:
    connection = saved.connection
    table["kind"] = connection.kind
    table["url"] = connection.url
    table["environment"] = connection.environment.value
    table["read_only"] = connection.read_only
    _set_or_drop(table, "secrets", list(saved.secrets))
    _set_or_drop(table, "interval_s", saved.interval_s)
    _set_or_drop(table, "options", dict(connection.options))


def _set_or_drop(table: Table, name: str, value: object) -> None:
    if value:
        table[name] = value
    elif name in table:
        del table[name]


class _Reader:
    """Checks what was parsed; errors name the place by line."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def tables(self, document: Mapping[str, Any], name: str) -> list[tuple[str, Mapping[str, Any]]]:
        found = document.get(name, {})
        if not isinstance(found, Mapping) or not all(isinstance(row, Mapping) for row in found.values()):
            raise self._error(name, f"{name} must be tables, as [{name}.shop]")
        return list(found.items())

    def rows(self, document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        found = document.get(name, [])
        if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
            raise self._error(name, f"{name} must be a list of tables, as [[{name}]]")
        return list(found)

    def connection(self, name: str, row: Mapping[str, Any]) -> Saved:
        options = row.get("options", {})
        if not isinstance(options, Mapping):
            raise self._error(name, f"the options of {name} must be a table")
        interval = row.get("interval_s")
        if interval is not None and (not isinstance(interval, int | float) or not 0.1 <= interval <= 3_600):
            raise self._error(name, f"the interval_s of {name} must be 0.1 to 3600")
        secrets = row.get("secrets", [])
        if not isinstance(secrets, list) or not all(isinstance(secret, str) for secret in secrets):
            raise self._error(name, f'the secrets of {name} must be names, as ["password"]')
        read_only = row.get("read_only", True)
        if not isinstance(read_only, bool):
            raise self._error(name, f"read_only of {name} must be true or false")
        connection = Connection(
            name=name,
            kind=self._text(name, row, "kind"),
            url=self._text(name, row, "url"),
            options={str(key): _plain(value) for key, value in options.items()},
            environment=self._environment(name, row),
            read_only=read_only,
            saved=True,
        )
        return Saved(connection, tuple(map(str, secrets)), None if interval is None else float(interval))

    def pair(self, row: Mapping[str, Any]) -> tuple[str, str]:
        exception, message = row.get("exception", ""), row.get("message", "")
        if not isinstance(exception, str) or not isinstance(message, str) or not (exception or message):
            raise self._error(
                "failure_headers", "failure_headers need exception or message, names of headers"
            )
        return str(exception), str(message)

    def _text(self, name: str, row: Mapping[str, Any], key: str) -> str:
        value = row.get(key)
        if not isinstance(value, str) or not value:
            raise self._error(name, f"{name} needs its {key}")
        return str(value)

    def _environment(self, name: str, row: Mapping[str, Any]) -> Environment:
        value = row.get("environment", Environment.PRODUCTION.value)
        try:
            return Environment(value)
        except ValueError:
            known = ", ".join(environment.value for environment in Environment)
            raise self._error(name, f"the environment of {name} must be one of {known}") from None

    def _error(self, name: str, text: str) -> ConfigError:
        place = re.compile(rf"\s*(\[.*\b|[\"']?){re.escape(name)}\b")
        line = next((number for number, line in enumerate(self._lines, 1) if place.match(line)), None)
        where = f"{self._path}, line {line}" if line else str(self._path)
        return ConfigError(f"{where}: {text}.", hint=_HINT)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
