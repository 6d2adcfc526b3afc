"""Secrets: keyring, environment, session; never written down, never in a message."""

import threading
from collections.abc import Mapping

import pytest
from keyring.errors import KeyringLocked, PasswordDeleteError

from adapters.api import AdapterInfo, ConfigError, FieldSpec, LoginError, Secret
from dashboard.core.connections import Connection
from dashboard.engine.secrets import SecretStore, find_backend
from dashboard.engine.specs import Resolver, without_secrets

INFO = AdapterInfo(
    kind="nats",
    title="NATS",
    icon="nats",
    schemes=("nats",),
    factory="nowhere:none",
    fields=(
        FieldSpec("user", "User"),
        FieldSpec("password", "Password", "secret"),
        FieldSpec("token", "Token", "secret"),
    ),
    capabilities=(),
)


class Ring:
    """A keyring in memory."""

    name = "test keyring"

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.threads: set[str] = set()
        self.locked = False

    def _enter(self) -> None:
        self.threads.add(threading.current_thread().name)
        if self.locked:
            raise KeyringLocked("locked")

    def get_password(self, service: str, username: str) -> str | None:
        self._enter()
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._enter()
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._enter()
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


def connection(url: str = "nats://host:4222", **options: str) -> Connection:
    return Connection("shop", "nats", url, options)


def resolver(store: SecretStore, environ: Mapping[str, str] | None = None) -> Resolver:
    return Resolver(store, environ or {}, "redrive kim@desk")


async def test_that_a_saved_secret_is_found_by_the_next_session() -> None:
    ring = Ring()
    assert await SecretStore(lambda: ring).save("shop", {"password": Secret("s3cret")})
    later = SecretStore(lambda: ring)
    assert await later.get("shop", "password", stored=True) == Secret("s3cret")
    assert await later.get("shop", "token", stored=True) is None
    assert await later.keyring_name() == "test keyring"
    assert ring.threads == {"keyring"}


async def test_that_the_keyring_is_not_asked_for_what_was_never_stored() -> None:
    ring = Ring()
    assert await SecretStore(lambda: ring).get("shop", "password", stored=False) is None
    assert ring.threads == set()


async def test_that_without_a_keyring_secrets_last_for_the_session_only() -> None:
    store = SecretStore(lambda: None)
    assert await store.keyring_name() is None
    assert not await store.save("shop", {"password": Secret("s3cret")})
    assert await store.get("shop", "password", stored=True) == Secret("s3cret")
    assert await SecretStore(lambda: None).get("shop", "password", stored=True) is None


def test_that_a_computer_without_a_keyring_has_no_backend() -> None:
    assert find_backend() is None


async def test_that_forgetting_removes_a_secret_everywhere_also_one_that_is_gone() -> None:
    ring = Ring()
    store = SecretStore(lambda: ring)
    await store.save("shop", {"password": Secret("a")})
    await store.save("bank", {"password": Secret("b")})
    await store.forget("shop", ["token", "password"])
    assert ring.held == {("redrive", "bank/password"): "b"}
    assert await store.get("shop", "password", stored=True) is None


@pytest.mark.allow_log("keyring failed")
async def test_that_a_locked_keyring_keeps_the_secret_for_the_session() -> None:
    ring = Ring()
    ring.locked = True
    store = SecretStore(lambda: ring)
    assert not await store.save("shop", {"password": Secret("s3cret")})
    assert await store.get("shop", "password", stored=True) == Secret("s3cret")
    assert await store.get("bank", "password", stored=True) is None
    await store.forget("shop", ["password"])


async def test_that_a_spec_has_its_secrets_apart_and_says_who_we_are() -> None:
    store = SecretStore(lambda: None)
    store.remember("shop", {"password": Secret("s3cret")})
    spec = await resolver(store).spec(connection(user="app"), INFO, run="R-0007")
    assert dict(spec.options) == {"user": "app"}
    assert dict(spec.secrets) == {"password": Secret("s3cret")}
    assert spec.client_name == "redrive kim@desk R-0007"
    assert "s3cret" not in repr(spec)


async def test_that_references_are_read_from_the_environment() -> None:
    given = connection(user="${SHOP_USER}", password="${SHOP_PASSWORD}")
    spec = await resolver(SecretStore(lambda: None), {"SHOP_USER": "app", "SHOP_PASSWORD": "s3cret"}).spec(
        given, INFO
    )
    assert dict(spec.options) == {"user": "app"}
    assert dict(spec.secrets) == {"password": Secret("s3cret")}


async def test_that_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(ConfigError, match="SHOP_PASSWORD is not set"):
        await resolver(SecretStore(lambda: None)).spec(connection(password="${SHOP_PASSWORD}"), INFO)


async def test_that_a_secret_written_out_is_refused_without_being_repeated() -> None:
    with pytest.raises(ConfigError, match="written out") as caught:
        await resolver(SecretStore(lambda: None)).spec(connection(password="s3cret"), INFO)
    assert "s3cret" not in str(caught.value)


async def test_that_a_secret_which_should_be_there_and_is_not_is_asked_for() -> None:
    with pytest.raises(LoginError, match="not on this computer"):
        await resolver(SecretStore(lambda: None)).spec(connection(), INFO, stored=("password",))


async def test_that_a_given_secret_goes_first() -> None:
    store = SecretStore(lambda: None)
    store.remember("shop", {"password": Secret("old")})
    spec = await resolver(store).spec(connection(), INFO, given={"password": Secret("new")})
    assert spec.secrets["password"] == Secret("new")


@pytest.mark.parametrize(
    ("url", "options", "secrets"),
    [
        ("nats://app:s3cret@host:4222", {"user": "app"}, {"password": "s3cret"}),
        ("nats://t0ken@host:4222", {}, {"token": "t0ken"}),
        ("nats://host:4222?token=t0ken&domain=hub", {"domain": "hub"}, {"token": "t0ken"}),
        ("nats://host:4222?token=${TOKEN}", {"token": "${TOKEN}"}, {}),
        ("nats://host:4222", {}, {}),
    ],
)
def test_that_what_is_written_down_holds_no_secret(
    url: str, options: Mapping[str, str], secrets: Mapping[str, str]
) -> None:
    plain, found = without_secrets(connection(url), INFO, {})
    assert plain.url == "nats://host:4222"
    assert plain.options == options
    assert {name: secret.reveal() for name, secret in found.items()} == secrets


def test_that_a_literal_secret_among_the_options_is_taken_out() -> None:
    plain, found = without_secrets(connection(password="s3cret"), INFO, {"token": Secret("t")})
    assert plain.options == {}
    assert found == {"password": Secret("s3cret"), "token": Secret("t")}
