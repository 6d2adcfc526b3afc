"""URLs as they are typed: what is an option, what a secret, and what stands behind them."""

import pytest

from adapters.api import AdapterInfo, ConfigError, Environment, FieldSpec, Secret
from dashboard.core.addresses import is_reference, looks_like_url, read_address

INFO = AdapterInfo(
    kind="nats",
    title="NATS",
    icon="nats",
    schemes=("nats", "tls"),
    factory="adapters.nats.adapter:make",
    fields=(
        FieldSpec("user", "User"),
        FieldSpec("password", "Password", kind="secret"),
        FieldSpec("token", "Token", kind="secret"),
    ),
    capabilities=(),
    example="nats://127.0.0.1:4222",
    default_port=4222,
)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "[::1]"])
def test_that_loopback_is_development_and_may_be_written(host: str) -> None:
    connection = read_address(f"nats://{host}:4222", INFO).connection()
    assert connection.environment is Environment.DEVELOPMENT
    assert not connection.read_only
    assert not connection.saved


@pytest.mark.parametrize("host", ["10.0.0.1", "broker.example", "localhost.example", "127.0.0.1.example"])
def test_that_elsewhere_is_production_and_read_only(host: str) -> None:
    address = read_address(f"nats://{host}:4222", INFO)
    assert address.connection().environment is Environment.PRODUCTION
    assert address.connection().read_only
    assert not address.connection(write=True).read_only
    assert not address.connection(environment=Environment.STAGING).read_only


def test_that_the_name_is_host_and_port() -> None:
    assert read_address("nats://broker.example", INFO).name == "broker.example:4222"
    assert read_address("nats://broker.example:5222", INFO).name == "broker.example:5222"
    assert read_address("nats://[::1]:4222", INFO).name == "[::1]:4222"


def test_that_a_literal_password_is_kept_apart() -> None:
    address = read_address("nats://app:s3cr%2Ft@broker.example?monitoring=http://m:8222", INFO)
    assert address.url == "nats://broker.example"
    assert address.options == {"user": "app", "monitoring": "http://m:8222"}
    assert address.secrets == {"password": Secret("s3cr/t")}
    assert address.literal == ("password",)
    assert "s3cr" not in repr(address)


def test_that_a_reference_is_no_literal_secret() -> None:
    address = read_address("nats://app:${NATS_PASSWORD}@broker.example", INFO)
    assert address.options == {"user": "app", "password": "${NATS_PASSWORD}"}
    assert address.literal == ()


def test_that_a_user_alone_is_a_token_where_there_are_tokens() -> None:
    address = read_address("nats://t0ken@broker.example", INFO)
    assert address.secrets == {"token": Secret("t0ken")}
    assert "user" not in address.options


def test_that_a_secret_among_the_options_is_found() -> None:
    assert read_address("nats://broker.example?token=abc", INFO).secrets == {"token": Secret("abc")}


@pytest.mark.parametrize("text", ["nats://", "nats://host:port", "nats://a b", "nats://host:99999"])
def test_that_what_is_no_address_is_said(text: str) -> None:
    with pytest.raises(ConfigError):
        read_address(text, INFO)


def test_that_a_broken_address_does_not_repeat_its_secret() -> None:
    with pytest.raises(ConfigError) as caught:
        read_address("nats://app:s3cret@host:port", INFO)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "is_url"), [("nats://x", True), ("webhook:", True), ("shop", False), ("my.shop-1", False)]
)
def test_that_names_and_urls_are_told_apart(text: str, is_url: bool) -> None:
    assert looks_like_url(text) is is_url


@pytest.mark.parametrize(
    ("text", "named"), [("${A_B}", True), ("$A", False), ("x${A}", False), ("${}", False)]
)
def test_that_only_a_whole_reference_counts(text: str, named: bool) -> None:
    assert is_reference(text) is named
