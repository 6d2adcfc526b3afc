"""One connection to a NATS server: options, TLS and login, and an end that is never hidden.

The driver's own reconnect is off: an outage ends what runs with `Disconnected`, and whoever owns the adapter makes
a new one.
"""

import asyncio
import ssl
from collections import UserString
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nkeys
from nats import errors as core
from nats.aio.client import RawCredentials

from adapters.api import (
    ConfigError,
    ConnectError,
    ConnectionSpec,
    Denied,
    Disconnected,
    LoginError,
    RedriveError,
    TlsError,
)
from adapters.nats.failures import mapped, translate
from adapters.nats.inbox import Inbox
from adapters.nats.wire import RawClient

CONNECT_S = 5
IDLE_S = 10.0
_PING_S = 10
_ABORT_S = 0.5
_NO_FORCED_FLUSH = -1


@dataclass(frozen=True, slots=True)
class _Login:
    """Values for `Client.connect`; secrets inside, so it has no repr of them."""

    values: dict[str, Any]

    def __repr__(self) -> str:
        return f"_Login({', '.join(sorted(self.values))})"


class Connection:
    """A connected client with its inbox. `open` once, `close` any number of times."""

    def __init__(self, spec: ConnectionSpec) -> None:
        self.spec = spec
        self._tried = False
        self._troubles: list[Exception] = []
        self._client = RawClient(want_tls=spec.url.startswith("tls:"))
        self.inbox = Inbox(self._client, _idle(spec))

    @property
    def version(self) -> str:
        """The server's version, as it says."""
        return str(self._info.get("version", ""))

    @property
    def server(self) -> str:
        """The server's name; one that nobody named bears its id, which says nothing."""
        name = str(self._info.get("server_name", ""))
        return name if name and name != self._info.get("server_id") else "nats-server"

    @property
    def max_payload(self) -> int:
        """Most bytes of headers and body together that the server takes."""
        return self._client.max_payload

    @property
    def jetstream(self) -> bool:
        """Whether the server has JetStream at all."""
        return bool(self._info.get("jetstream"))

    @property
    def alive(self) -> bool:
        """Whether requests can be sent."""
        return self._client.is_connected

    @property
    def _info(self) -> dict[str, Any]:
        return self._client._server_info  # noqa: SLF001 - the driver tells only its version in public

    async def open(self) -> float:
        """Connects and logs in; returns the round trip in seconds.

        Raises: ConfigError, ConnectError, LoginError, TlsError, Denied.
        """
        place = self.spec.url
        login = await asyncio.to_thread(_login, self.spec)
        self._tried = True
        self._client.begin()
        try:
            await self._connect(login)
        except (core.Error, OSError, TimeoutError, ValueError) as error:
            self._client.abort()
            raise self._connect_error(error, place) from None
        if not self._client.is_connected:
            raise ConnectError(
                f"{place}: the server closed the connection during login.",
                hint="Its log says why; a server that wants a client certificate does this.",
            )
        await self.inbox.start()
        with mapped(f"Greeting {place}"):
            # The driver's ping overtakes the subscription that waits in its buffer; the second one comes after it.
            await self._client.rtt(CONNECT_S)
            rtt = await self._client.rtt(CONNECT_S)
        self._check_inbox()
        return rtt

    async def _connect(self, login: _Login) -> None:
        await self._client.connect(
            servers=[self.spec.url],
            name=self.spec.client_name,
            error_cb=self._trouble,
            disconnected_cb=self._gone,
            closed_cb=self._gone,
            allow_reconnect=False,
            connect_timeout=CONNECT_S,
            # The driver counts the first try too: one means no second one, and no pause before it.
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            ping_interval=_PING_S,
            pending_size=_NO_FORCED_FLUSH,
            **login.values,
        )

    def _connect_error(self, error: Exception, place: str) -> RedriveError:
        # "No servers available" hides the reason, which the driver told its callback.
        reason = self._troubles[-1] if isinstance(error, core.NoServersError) and self._troubles else error
        if isinstance(reason, core.SecureConnWantedError):
            return TlsError(
                f"{place}: the server offers no TLS.", hint="Use nats:// if that is meant to be so."
            )
        ours = translate(reason, place)
        if isinstance(ours, ConnectError | LoginError | TlsError | ConfigError):
            return ours
        if isinstance(reason, ValueError):
            return ConfigError(
                f"{place}: the NKEY or credentials file cannot be used.", hint="Copy it again."
            )
        return ConnectError(
            ours.message
            if isinstance(ours, Disconnected)
            else f"{place}: this is no NATS server ({reason}).",
            hint="Check host and port, that the server runs and that nothing between blocks it.",
        )

    def _check_inbox(self) -> None:
        for trouble in self._troubles:
            if "permissions violation for subscription" in str(trouble).lower():
                raise Denied(
                    "This account may not listen on its inbox, where every answer arrives.",
                    hint="Give the inbox prefix that the account allows (option inbox).",
                )

    async def _trouble(self, error: Exception) -> None:
        self._troubles.append(error)

    async def _gone(self) -> None:
        self._ended()

    def _ended(self) -> None:
        self._client.ended()
        self.inbox.broke()

    async def close(self, within: float) -> None:
        """Closes within so many seconds, also where the other side does not answer."""
        if not self._tried:
            return
        # A task of its own: the driver swallows a cancellation while it closes, so a time-out around it would not hold.
        closing = asyncio.create_task(self._close())
        await asyncio.wait({closing}, timeout=within)
        if not closing.done():
            self._client.abort(closing=True)
            await asyncio.wait({closing}, timeout=_ABORT_S)
            closing.cancel()
        # Where the driver's own closing failed half-way, the socket is still open.
        self._client.abort()
        self._ended()

    async def _close(self) -> None:
        try:
            await self._client.close()
        except (core.Error, OSError):
            # What was wrong was told to whoever was waiting; closed it is all the same.
            self._client.abort()


def _login(spec: ConnectionSpec) -> _Login:
    """Reads files and builds what the driver is given; runs outside the loop."""
    secrets = {name: secret.reveal() for name, secret in spec.secrets.items() if secret.reveal()}
    options = spec.options
    values: dict[str, Any] = {}
    if user := options.get("user"):
        values |= {"user": user, "password": secrets.get("password", "")}
    if token := secrets.get("token"):
        values["token"] = token
    if seed := secrets.get("nkey"):
        values["nkeys_seed_str"] = _seed(seed)
    if creds := secrets.get("creds") or options.get("creds"):
        values["user_credentials"] = RawCredentials(_credentials(creds))
    if inbox := options.get("inbox"):
        values["inbox_prefix"] = inbox
    if _flag(options.get("tls_first", "")):
        values["tls_handshake_first"] = True
    if context := _tls(spec):
        values["tls"] = context
    return _Login(values)


def _seed(text: str) -> str:
    if not text.strip().startswith("SU"):
        raise ConfigError(
            "The NKEY seed does not begin with SU.", hint="A user seed is meant, not the public key."
        )
    try:
        nkeys.from_seed(bytearray(text.strip().encode()))
    except nkeys.NkeysError:
        raise ConfigError("The NKEY seed cannot be used.", hint="Copy it again.") from None
    return text.strip()


def _credentials(text: str) -> str:
    if "BEGIN NATS USER JWT" not in text:
        text = _read(text, "credentials file")
    if "BEGIN NATS USER JWT" not in text or "BEGIN USER NKEY SEED" not in text:
        raise ConfigError("The credentials file holds no user JWT and seed.", hint="A .creds file is meant.")
    return str(UserString(text))


def _read(path: str, what: str) -> str:
    try:
        return Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"The {what} {path} cannot be read.", hint="Check the path and its rights."
        ) from error


def _tls(spec: ConnectionSpec) -> ssl.SSLContext | None:
    ca, cert, key = (spec.options.get(name, "") for name in ("ca", "cert", "key"))
    if not (ca or cert or spec.url.startswith("tls:")):
        return None
    try:
        context = ssl.create_default_context(cafile=str(Path(ca).expanduser()) if ca else None)
        if cert:
            context.load_cert_chain(Path(cert).expanduser(), Path(key).expanduser() if key else None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"The certificate files cannot be used: {getattr(error, 'strerror', None) or 'not a certificate'}.",
            hint="Check the paths, and that key and certificate belong together.",
        ) from error
    return context


def _idle(spec: ConnectionSpec) -> float:
    """Seconds without any answer after which a call gives up."""
    text = spec.options.get("timeout") or str(IDLE_S)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise ConfigError(f"The time-out {text!r} is no number of seconds.", hint="Give one from 1 to 3600.")
    return seconds


def _flag(text: str) -> bool:
    return text.lower() in {"1", "true", "yes", "on"}


def addresses(text: str) -> Sequence[str]:
    """Addresses divided by commas."""
    return tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
