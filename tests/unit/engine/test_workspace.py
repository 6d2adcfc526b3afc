"""The workspace file: what a person wrote stays, what is damaged is left alone, and no secret gets in."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.api import ConfigError, Environment
from dashboard.core.connections import Connection
from dashboard.engine.workspace import Saved, Workspace
from dashboard.store.errors import Unwritable

SHOP = Connection(
    name="shop.eu",
    kind="nats",
    url="nats://broker:4222",
    options={"user": "app", "password": "${SHOP_PASSWORD}"},
    environment=Environment.STAGING,
    read_only=False,
)

WRITTEN = """\
# our brokers, ask Kim
[connections.shop]  # the old one
kind = "nats"
url = "nats://old:4222"  # to be moved
environment = "staging"
read_only = false
secrets = ["password"]
interval_s = 2

[connections.shop.options]
tls_first = true

[[failure_headers]]
exception = "x-err-class"
message = "x-err-text"

[layout]
theme = "dark"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "workspace.toml"


def written(file: Path, text: str) -> Workspace:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return Workspace(file)


def test_that_no_file_is_an_empty_workspace_and_none_is_made(file: Path) -> None:
    contents = Workspace(file).load()
    assert contents.connections == ()
    assert not file.exists()


def test_that_what_is_put_is_loaded_again(file: Path) -> None:
    workspace = Workspace(file)
    workspace.put(Saved(SHOP, ("token",), 2.5))
    workspace.put(Saved(replace(SHOP, name="bank", options={})))
    assert workspace.load().connections == (
        Saved(SHOP, ("token",), 2.5),
        Saved(replace(SHOP, name="bank", options={})),
    )
    workspace.remove("shop.eu")
    workspace.remove("never there")
    assert [saved.connection.name for saved in workspace.load().connections] == ["bank"]


def test_that_the_file_is_for_its_owner_alone(file: Path) -> None:
    Workspace(file).put(Saved(SHOP))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_that_what_a_person_wrote_is_read(file: Path) -> None:
    contents = written(file, WRITTEN).load()
    saved = contents.connections[0]
    assert saved.connection.options == {"tls_first": "true"}
    assert (saved.secrets, saved.interval_s) == (("password",), 2.0)
    assert contents.failure_headers == (("x-err-class", "x-err-text"),)


def test_that_comments_and_what_is_unknown_stay(file: Path) -> None:
    workspace = written(file, WRITTEN)
    saved = workspace.load().connections[0]
    workspace.put(replace(saved, connection=replace(saved.connection, url="nats://new:4222")))
    text = file.read_text()
    for kept in ("# our brokers, ask Kim", "# the old one", "[layout]", 'theme = "dark"'):
        assert kept in text
    assert workspace.load().connections[0].connection.url == "nats://new:4222"
    workspace.put(Saved(SHOP))
    workspace.remove("shop")
    assert "# our brokers" in file.read_text()
    assert [saved.connection.name for saved in workspace.load().connections] == ["shop.eu"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[connections.shop\nkind = 1\n", "line 1"),
        ("\n\nkind = = 2\n", "line 3"),
        ('connections = "all"\n', "line 1: connections must be tables"),
        ("[connections]\nshop = 5\n", "connections must be tables"),
        ('\n[connections.shop]\nurl = "nats://x"\n', "line 2: shop needs its kind"),
        ('[connections.shop]\nkind = "nats"\nurl = 5\n', "line 1: shop needs its url"),
        ('[connections.shop]\nkind = "nats"\nurl = "u"\nenvironment = "live"\n', "must be one of production"),
        ('[connections.shop]\nkind = "nats"\nurl = "u"\nread_only = "no"\n', "true or false"),
        ('[connections.shop]\nkind = "nats"\nurl = "u"\ninterval_s = 0\n', "0.1 to 3600"),
        ('[connections.shop]\nkind = "nats"\nurl = "u"\nsecrets = "x"\n', "must be names"),
        ('[connections.shop]\nkind = "nats"\nurl = "u"\noptions = 3\n', "must be a table"),
        ("[[failure_headers]]\nexception = 5\n", "line 1: failure_headers need"),
        ("[[failure_headers]]\n", "line 1: failure_headers need"),
        ("failure_headers = 5\n", "must be a list of tables"),
        ("[connections.a]\n[connections.a]\n", ""),
    ],
)
def test_that_a_damaged_file_is_told_with_its_line_and_left_alone(file: Path, text: str, place: str) -> None:
    workspace = written(file, text)
    with pytest.raises(ConfigError) as caught:
        workspace.load()
    assert place in caught.value.message
    assert str(file) in caught.value.message
    with pytest.raises(ConfigError):
        workspace.put(Saved(SHOP))
    assert file.read_text() == text


def test_that_a_file_of_other_bytes_is_told_and_left_alone(file: Path) -> None:
    workspace = written(file, "")
    file.write_bytes(b"kind = \xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        workspace.put(Saved(SHOP))
    assert file.read_bytes() == b"kind = \xff\xfe"


def test_that_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    file.parent.mkdir()
    real = tmp_path / "repository.toml"
    real.write_text(WRITTEN)
    file.symlink_to(real)
    Workspace(file).put(Saved(SHOP))
    assert file.is_symlink()
    assert "shop.eu" in real.read_text()


def test_that_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((Unwritable, ConfigError)):
        Workspace(tmp_path / "file" / "workspace.toml").put(Saved(SHOP))
