"""Bad input and bad places: a clear line, the promised exit code, and nothing lost."""

import os
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.helpers.dead_orders import SOURCE, connected, seed
from tests.helpers.nats_server import NatsServer, nats_server
from tests.helpers.program import Ended, Redrive
from tests.helpers.until import until

ACCOUNTS = """
authorization { user: app, password: "s3cret" }
"""


def said(ended: Ended, code: int, *words: str) -> None:
    """One line on stderr with these words, nothing on stdout, that exit code."""
    assert ended.code == code, ended.err
    assert ended.out == b""
    assert ended.err.startswith("redrive: ")
    assert ended.err.count("\n") == 1, ended.err
    assert "Traceback" not in ended.err
    for word in words:
        assert word in ended.err, ended.err


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.parametrize(
    "args",
    [
        ("ls", "{}"),
        ("watch", "{}", "--once"),
        ("dead", "ls", "{}", "DLQ"),
        ("run", "{}", "DLQ"),
        ("purge", "{}", "DLQ"),
        ("connections", "test", "{}"),
        ("connect", "{}"),
    ],
)
async def test_that_an_unreachable_host_ends_with_3(redrive: Redrive, args: tuple[str, ...]) -> None:
    url = f"nats://127.0.0.1:{closed_port()}"
    ended = await redrive(*(arg.format(url) for arg in args), "--json")
    assert ended.code == 3, ended.err
    assert "Traceback" not in ended.err
    assert ended.err.startswith("redrive: ")


async def test_that_a_wrong_password_ends_with_3_and_is_never_shown(redrive: Redrive, tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats", config=ACCOUNTS) as server:
        ended = await redrive("ls", f"nats://app:wr0ng@127.0.0.1:{server.port}")
        assert ended.code == 3
        assert "wr0ng" not in ended.err
        for path in redrive.home.rglob("*"):
            assert not path.is_file() or b"wr0ng" not in path.read_bytes(), path


async def test_that_a_password_comes_from_the_environment(redrive: Redrive, tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats", config=ACCOUNTS) as server:
        url = f"nats://app:${{SHOP_PASSWORD}}@127.0.0.1:{server.port}"
        said(await redrive("ls", url), 2, "SHOP_PASSWORD")
        knows = Redrive(redrive.home, {"SHOP_PASSWORD": "s3cret"})
        ended = await knows("ls", url, "--json")
        assert (ended.code, ended.err) == (0, "")
        assert (await knows("connect", url, "--name", "shop")).code == 0
        assert (await knows("ls", "shop")).code == 0
        assert "s3cret" not in (redrive.home / "workspace.toml").read_text()
        assert "${SHOP_PASSWORD}" in (redrive.home / "workspace.toml").read_text()


async def test_that_a_literal_password_works_once_and_is_not_stored(redrive: Redrive, tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats", config=ACCOUNTS) as server:
        url = f"nats://app:s3cret@127.0.0.1:{server.port}"
        ended = await redrive("connect", url, "--name", "shop")
        assert ended.code == 0
        assert "${NAME}" in ended.err
        assert (await redrive("ls", "shop")).code == 3
        for path in redrive.home.rglob("*"):
            assert not path.is_file() or b"s3cret" not in path.read_bytes(), path


async def test_that_a_tls_url_on_a_plain_server_ends_with_3(redrive: Redrive, server: NatsServer) -> None:
    said(await redrive("ls", f"tls://127.0.0.1:{server.port}"), 3)


async def test_that_a_server_without_jetstream_ends_with_3(redrive: Redrive, tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats", jetstream=False) as server:
        said(await redrive("ls", server.url), 3, "JetStream")


async def test_that_an_unknown_source_ends_with_2(redrive: Redrive, server: NatsServer) -> None:
    said(await redrive("dead", "ls", server.url, "NOWHERE"), 2, "NOWHERE")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("natz://127.0.0.1", "nats://"),
        ("nats://host:port", "cannot be read"),
        ("nats://", "host"),
        ("shpo", "shpo"),
    ],
)
async def test_that_what_is_no_connection_ends_with_2(redrive: Redrive, url: str, words: str) -> None:
    said(await redrive("ls", url), 2, words)


async def test_that_a_bad_query_ends_with_2(redrive: Redrive, server: NatsServer) -> None:
    async with connected(server.url) as (_, js):
        await seed(js, 3)
    for query in ("size:", "(a", "size:>x", "nofield:1", '"open'):
        said(await redrive("dead", "ls", server.url, SOURCE, "--where", query), 2)
        said(await redrive("run", server.url, SOURCE, "--where", query), 2)


async def test_that_a_damaged_config_is_said_and_left_alone(redrive: Redrive, server: NatsServer) -> None:
    redrive.home.mkdir()
    path = redrive.home / "workspace.toml"
    path.write_text("[connections\nbroken = ")
    ended = await redrive("ls", server.url)
    assert ended.code == 2, ended.err
    assert "workspace.toml" in ended.err
    assert path.read_text() == "[connections\nbroken = "
    doctor = await redrive("doctor", "--json")
    assert doctor.json["ok"] is False


@pytest.mark.parametrize("name", ["dead.db", "history.db"])
async def test_that_what_can_be_read_again_is_set_aside_when_damaged(redrive: Redrive, name: str) -> None:
    assert (await redrive("runs")).code == 0
    damaged = os.urandom(5000)
    (redrive.home / name).write_bytes(damaged)
    assert (await redrive("runs")).code == 0
    kept = list(redrive.home.glob(f"{name}.damaged-*"))
    assert [path.read_bytes() for path in kept] == [damaged]


async def test_that_a_damaged_ledger_is_left_alone_and_said(redrive: Redrive) -> None:
    assert (await redrive("runs")).code == 0
    damaged = os.urandom(5000)
    (redrive.home / "redrive.db").write_bytes(damaged)
    # From its log beside it SQLite would mend the file.
    (redrive.home / "redrive.db-wal").unlink(missing_ok=True)
    said(await redrive("runs"), 4, "redrive.db is damaged")
    assert (redrive.home / "redrive.db").read_bytes() == damaged
    findings = (await redrive("doctor", "--json")).json["findings"]
    assert "Move the file away" in findings[-1]["remedy"]


@pytest.mark.parametrize("name", ["redrive.db", "dead.db", "history.db"])
async def test_that_a_file_of_a_newer_version_is_refused(redrive: Redrive, name: str) -> None:
    assert (await redrive("runs")).code == 0
    with closing(sqlite3.connect(redrive.home / name)) as file:
        file.execute("PRAGMA user_version = 9000000")
    said(await redrive("runs"), 4, name, "newer")


async def test_that_commands_work_beside_an_open_window(redrive: Redrive, server: NatsServer) -> None:
    async with connected(server.url) as (_, js):
        await seed(js, 30)
    assert (await redrive("connect", server.url, "--name", "shop")).code == 0
    redrive.environ["QT_QPA_PLATFORM"] = "offscreen"
    window = await redrive.start()
    beside = Redrive(redrive.home)

    async def watched() -> bool:
        return (redrive.home / "history.db").exists() and window.returncode is None

    await until(watched, within=30)
    first = await beside("run", "shop", SOURCE, "--ids", "-", "--json", stdin=b"1\n2\n")
    assert (first.code, first.json["moved"]) == (0, 2), first.err
    rest = await beside("run", "shop", SOURCE, "--json")
    assert (rest.code, rest.json["moved"]) == (0, 28), rest.err
    assert window.returncode is None
    window.send_signal(signal.SIGTERM)
    ended = await redrive.end(window)
    assert "Traceback" not in ended.err


async def test_that_without_a_keyring_nothing_secret_is_stored(redrive: Redrive, server: NatsServer) -> None:
    assert (await redrive("connect", server.url, "--name", "shop")).code == 0
    ended = await redrive("connections", "--json")
    assert [item["name"] for item in ended.json["connections"]] == ["shop"]
    assert (await redrive("forget", "shop")).code == 0
    assert (await redrive("connections", "--json")).json["connections"] == []
    said(await redrive("ls", "shop"), 2, "shop")


async def test_that_own_files_are_private(redrive: Redrive, server: NatsServer) -> None:
    await redrive("ls", server.url)
    assert redrive.home.stat().st_mode & 0o077 == 0
    for path in redrive.home.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("args", [(), ("demo",)])
async def test_that_without_a_display_the_window_is_refused(redrive: Redrive, args: tuple[str, ...]) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        redrive.environ.pop(name, None)
    said(await redrive(*args), 2, "display")


async def test_that_completion_is_offered(redrive: Redrive) -> None:
    ended = await redrive("--show-completion", "bash")
    assert ended.code == 0
    assert b"redrive" in ended.out
    asked = Redrive(
        redrive.home, {"_REDRIVE_COMPLETE": "complete_bash", "COMP_WORDS": "redrive conn", "COMP_CWORD": "1"}
    )
    offered = await asked()
    assert b"connect" in offered.out


async def test_that_completion_offers_saved_names(redrive: Redrive, server: NatsServer) -> None:
    assert (await redrive("connect", server.url, "--name", "shop-1")).code == 0
    words = {"_REDRIVE_COMPLETE": "complete_bash", "COMP_WORDS": "redrive ls sh", "COMP_CWORD": "2"}
    offered = await Redrive(redrive.home, words)()
    assert offered.out.split() == [b"shop-1"]
