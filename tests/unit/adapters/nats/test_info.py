"""The adapter can be described without its driver."""

import subprocess
import sys

import pytest

from adapters.api import CAPABILITIES, ConfigError, ConnectionSpec, Secret
from adapters.nats.connection import Connection
from adapters.nats.info import INFO


def test_that_the_description_needs_no_driver() -> None:
    code = "import sys; sys.modules['nats'] = None; from adapters.nats.info import INFO; print(INFO.kind)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "nats"


def test_that_all_capabilities_are_answered() -> None:
    assert [name for name, _ in INFO.capabilities] == list(CAPABILITIES)
    assert all(support for _, support in INFO.capabilities)


def test_that_secrets_are_secret_fields_and_names_are_unique() -> None:
    kinds = {field.name: field.kind for field in INFO.fields}
    assert len(kinds) == len(INFO.fields)
    assert {name for name, kind in kinds.items() if kind == "secret"} == {"password", "token", "nkey"}


def test_that_the_factory_exists() -> None:
    assert callable(INFO.load())


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf", "99999"])
async def test_that_a_time_out_that_is_none_is_told(text: str) -> None:
    with pytest.raises(ConfigError):
        Connection(ConnectionSpec("nats", "nats://127.0.0.1:1", {"timeout": text}))


async def test_that_a_connection_shows_no_secret() -> None:
    spec = ConnectionSpec("nats", "nats://127.0.0.1:1", {"user": "me"}, {"password": Secret("hunter2")})
    assert "hunter2" not in repr(vars(Connection(spec)))
