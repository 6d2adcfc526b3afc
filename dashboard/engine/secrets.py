"""Secrets: in the keyring, in an environment variable, or for this session in memory; never in a file."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import Protocol, TypeVar

import keyring
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringError, PasswordDeleteError

from adapters.api import Secret

T = TypeVar("T")

_log = logging.getLogger(__name__)

SERVICE = "redrive"
_PATIENCE_S = 60.0
"""A keyring may ask its owner to unlock it."""


class Backend(Protocol):
    """What is used of a keyring; calls may block on a prompt."""

    @property
    def name(self) -> str:
        """As shown to a person."""
        ...

    def get_password(self, service: str, username: str, /) -> str | None:
        """None where there is none."""
        ...

    def set_password(self, service: str, username: str, password: str, /) -> None:
        """Raises `KeyringError`."""
        ...

    def delete_password(self, service: str, username: str, /) -> None:
        """Raises `KeyringError`."""
        ...


def find_backend() -> Backend | None:
    """The keyring of this computer; None where there is none, or only one that writes a plain file."""
    backend = keyring.get_keyring()
    if isinstance(backend, chainer.ChainerBackend):
        return next((one for one in backend.backends if _trusted(one)), None)
    return backend if _trusted(backend) else None


def _trusted(backend: KeyringBackend) -> bool:
    kind = type(backend)
    plain = kind.__module__.startswith("keyrings.alt") and "plain" in kind.__name__.lower()
    return not plain and not isinstance(backend, fail.Keyring | null.Keyring)


class SecretStore:
    """Secrets by connection and field. What the keyring does not take is kept until the program ends.

    Keyring calls run in threads of their own, which do not keep the program alive when a prompt is left open.
    """

    def __init__(self, find: Callable[[], Backend | None] = find_backend) -> None:
        self._find = find
        self._backend: Backend | None = None
        self._looked = False
        self._session: dict[tuple[str, str], Secret] = {}

    async def keyring_name(self) -> str | None:
        """The keyring in use, None where there is none."""
        backend = await self._keyring()
        return None if backend is None else backend.name

    def remember(self, connection: str, secrets: Mapping[str, Secret]) -> None:
        """Keeps secrets for this session only."""
        for field, secret in secrets.items():
            self._session[connection, field] = secret

    async def save(self, connection: str, secrets: Mapping[str, Secret]) -> bool:
        """Keeps secrets in the keyring; False where they are kept for this session only."""
        self.remember(connection, secrets)
        backend = await self._keyring()
        if backend is None:
            return not secrets
        kept = backend

        def work() -> None:
            for field, secret in secrets.items():
                kept.set_password(SERVICE, f"{connection}/{field}", secret.reveal())

        return await self._answers(work, "keeping a secret") is not None or not secrets

    async def get(self, connection: str, field: str, *, stored: bool) -> Secret | None:
        """The secret, None where it is nowhere (any more). Only what was `stored` is looked for in the keyring,
        so that nobody is asked to unlock it for nothing.
        """
        known = self._session.get((connection, field))
        backend = await self._keyring() if stored and known is None else None
        if backend is None:
            return known
        asked = backend
        answer = await self._answers(
            lambda: asked.get_password(SERVICE, f"{connection}/{field}"), "reading a secret"
        )
        value = answer[0] if answer else None
        if value is None:
            return None
        self._session[connection, field] = Secret(value)
        return self._session[connection, field]

    async def forget(self, connection: str, fields: Iterable[str]) -> None:
        """Removes a connection's secrets from session and keyring."""
        self._session = {key: secret for key, secret in self._session.items() if key[0] != connection}
        backend = await self._keyring()
        if backend is None:
            return
        kept = backend

        def work() -> None:
            for field in fields:
                try:
                    kept.delete_password(SERVICE, f"{connection}/{field}")
                except PasswordDeleteError:
                    continue  # It was not there.

        await self._answers(work, "removing a secret")

    async def _keyring(self) -> Backend | None:
        if not self._looked:
            answer = await self._answers(self._find, "looking for the keyring")
            self._backend = answer[0] if answer else None
            self._looked = True
        return self._backend

    @staticmethod
    async def _answers(work: Callable[[], T], doing: str) -> tuple[T] | None:
        """What `work` gives, None where the keyring failed or did not answer."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return (await _in_thread(work),)
        except TimeoutError:
            _log.warning("The keyring did not answer: %s", doing)
        except KeyringError as error:
            _log.warning("The keyring failed: %s (%s)", doing, type(error).__name__)
        return None


async def _in_thread(work: Callable[[], T]) -> T:
    """Runs `work` in a daemon thread: at the end of the program nobody waits for an open prompt."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            value = work()
        except KeyringError as error:
            future.set_exception(error)
        else:
            future.set_result(value)
        finally:
            if (
                not future.done()
            ):  # A backend's own mistake: the thread's hook tells it, the caller goes on without.
                future.set_exception(KeyringError("the keyring broke"))

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return await asyncio.wrap_future(future)
