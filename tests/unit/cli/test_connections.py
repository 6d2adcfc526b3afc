"""`connect`, `connections`, `forget` and `doctor`."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.api import Environment, LoginError
from dashboard.core.connections import Connection
from dashboard.core.fleet import FleetSnapshot
from dashboard.store.errors import Corrupt
from tests.unit.cli.fake_desk import SHOP, FakeDesk, answers
from tests.unit.cli.harness import Cli


def saved(desk: FakeDesk) -> Connection:
    made = desk.called("save_connection")[-1]
    assert isinstance(made, Connection)
    return made


def test_that_connect_tests_and_saves(cli: Cli, desk: FakeDesk) -> None:
    ended = cli("connect", "nats://app@broker.example?user=app", "--name", "prod-1", "--env", "production")
    assert ended.code == 0
    assert [name for name, _ in desk.calls if name != "connections"] == ["try_connection", "save_connection"]
    made = saved(desk)
    assert (made.name, made.environment, made.read_only, made.saved) == (
        "prod-1",
        Environment.PRODUCTION,
        True,
        True,
    )


def test_that_write_is_asked_for(cli: Cli, desk: FakeDesk) -> None:
    cli("connect", "nats://broker.example", "--write")
    assert not saved(desk).read_only
    cli("connect", "nats://127.0.0.1", "--read-only")
    assert saved(desk).read_only


def test_that_what_does_not_answer_is_not_saved(cli: Cli, desk: FakeDesk) -> None:
    desk.test_result = answers(good=False)
    ended = cli("connect", "nats://broker.example")
    assert ended.code == 3
    assert "Start the broker." in ended.err
    assert not desk.called("save_connection")


def test_that_a_literal_secret_is_used_for_the_test_and_never_stored(cli: Cli, desk: FakeDesk) -> None:
    used = []
    try_connection = desk.try_connection

    async def trying(connection: Connection, secrets: dict[str, object]) -> object:
        used.append(dict(secrets))
        return await try_connection(connection, secrets)  # type: ignore[arg-type]

    desk.try_connection = trying  # type: ignore[method-assign,assignment]
    ended = cli("connect", "nats://app:s3cret@127.0.0.1")
    assert ended.code == 0
    assert list(used[0]) == ["password"]
    assert desk.secrets["127.0.0.1:4222"] == {}
    assert "s3cret" not in ended.out + ended.err + repr(saved(desk))


def test_that_a_reference_is_stored_as_it_is(cli: Cli, desk: FakeDesk) -> None:
    cli("connect", "nats://app:${NATS_PASSWORD}@127.0.0.1")
    assert saved(desk).options == {"user": "app", "password": "${NATS_PASSWORD}"}


@pytest.mark.parametrize("name", ["", "a/b", "nats://x"])
def test_that_a_name_that_cannot_be_one_is_refused(cli: Cli, desk: FakeDesk, name: str) -> None:
    assert cli("connect", "nats://127.0.0.1", "--name", name).code == 2
    assert not desk.called("save_connection")


@pytest.mark.parametrize("args", [("forget", "shop"), ("connections", "remove", "shop")])
def test_that_a_connection_is_forgotten(cli: Cli, desk: FakeDesk, args: tuple[str, ...]) -> None:
    assert cli(*args).code == 0
    assert desk.called("forget_connection") == ["shop"]
    assert cli(*args).code == 2


@pytest.mark.parametrize("args", [("connections",), ("connections", "ls")])
def test_that_connections_are_listed(cli: Cli, desk: FakeDesk, args: tuple[str, ...]) -> None:
    document = json.loads(cli(*args, "--json").out)
    assert [item["name"] for item in document["connections"]] == ["shop"]
    assert "nats://127.0.0.1:4222" in cli(*args).out
    desk.known = []
    assert "No connection is saved" in cli(*args).out


def test_that_a_saved_name_may_look_like_host_and_port(cli: Cli, desk: FakeDesk) -> None:
    desk.known = [replace(SHOP, name="localhost:4222")]
    assert cli("ls", "localhost:4222").code == 0
    ended = cli("ls", "localhost:4223")
    assert ended.code == 2
    assert "no saved connection 'localhost:4223'" in ended.err


def test_that_one_connection_is_shown_and_tested(cli: Cli, desk: FakeDesk) -> None:
    assert json.loads(cli("connections", "show", "shop", "--json").out)["environment"] == "development"
    assert "development" in cli("connections", "show", "shop").out
    assert cli("connections", "test", "shop").code == 0
    desk.test_result = answers(good=False)
    ended = cli("connections", "test", "shop", "--json")
    assert ended.code == 3
    assert json.loads(ended.out)["ok"] is False


def test_that_the_doctor_tells_what_is_there_and_what_is_not(cli: Cli, desk: FakeDesk) -> None:
    desk.keyring = None
    document = json.loads(cli("doctor", "--json").out)
    found = {item["title"]: item for item in document["findings"]}
    assert found["Files"]["good"] is True
    assert found["NATS"]["good"] is True
    assert found["Keyring"]["good"] is None
    assert "${NAME}" in found["Keyring"]["remedy"]
    assert cli("doctor").code == 0


def test_that_the_doctor_looks_past_damaged_files(cli: Cli) -> None:
    def fail() -> None:
        raise Corrupt("redrive.db is damaged.", hint="It was set aside.")

    cli.before_open = fail
    ended = cli("doctor", "--json")
    assert ended.code == 1
    document = json.loads(ended.out)
    assert document["ok"] is False
    assert document["findings"][-1]["text"] == "redrive.db is damaged."


def test_that_the_doctor_finds_files_that_others_may_read(cli: Cli) -> None:
    cli("ls", "shop")
    cli.home.workspace_toml.touch(mode=0o644)
    cli.home.data.chmod(0o755)
    ended = cli("doctor", "--json")
    found = [item["text"] for item in json.loads(ended.out)["findings"] if item["good"] is False]
    assert found == ["Others may read home, workspace.toml."]
    assert (ended.code, cli("doctor").code) == (1, 1)


def _login_once(desk: FakeDesk) -> None:
    """The first sweep is refused, later ones are not."""
    sweep = desk.sweep

    async def refusing(connections: Sequence[str]) -> FleetSnapshot:
        desk.sweep = sweep  # type: ignore[method-assign]
        raise LoginError("The password was refused.")

    desk.sweep = refusing  # type: ignore[method-assign]


@pytest.mark.parametrize(("conn", "name"), [("shop", "shop"), ("nats://127.0.0.1", "127.0.0.1:4222")])
def test_that_a_person_is_asked_for_a_refused_secret_once(
    cli: Cli, desk: FakeDesk, conn: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def typed(prompt: str, stream: object) -> str:
        asked.append(prompt)
        return "s3cret"

    monkeypatch.setattr("getpass.getpass", typed)
    _login_once(desk)
    assert cli("ls", conn, terminal=True).code == 0
    assert len(asked) == 1
    assert desk.secrets[name]["password"].reveal() == "s3cret"


def test_that_nobody_is_asked_without_a_terminal(cli: Cli, desk: FakeDesk) -> None:
    _login_once(desk)
    assert cli("ls", "shop").code == 3


def test_that_a_refused_literal_secret_is_not_asked_for_again(cli: Cli, desk: FakeDesk) -> None:
    _login_once(desk)
    assert cli("ls", "nats://app:s3cret@127.0.0.1", terminal=True).code == 3
