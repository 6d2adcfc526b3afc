"""Archives: byte-exact, durable, readable up to the last whole frame; and the journal's chain."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.api import DeadLetter, Death, Gone, Header, MessageRef, NotFound, Origin, Payload, TargetRef
from dashboard.store.archive import ArchiveStore
from dashboard.store.archive_format import CUT, Damage, encode_frame, read_frames
from dashboard.store.journal import Break, Journal
from dashboard.store.schemas import REDRIVE
from dashboard.store.writer import Reader, Writer
from tests.helpers.clocks import FakeClock

LETTERS = [
    DeadLetter(
        MessageRef("7", 0, b"\x01" * 16),
        Payload(
            bytes(range(256)), (Header("a", b"\xff\x00"), Header("a", b"2"), Header("n\udcff", b"", "int"))
        ),
        address="dead.orders",
        at=datetime(2026, 1, 2, tzinfo=UTC),
        origin=Origin("orders", TargetRef("orders.new")),
        death=Death("max deliver"),
        attempts=3,
    ),
    DeadLetter(MessageRef("8", 0, b"\x02" * 16), Payload(b"")),
    DeadLetter(MessageRef("9", 0, b"\x03" * 16), Gone("expired")),
]


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[Writer, Reader, Path]]:
    writer = Writer(tmp_path / "redrive.db", REDRIVE)
    reader = Reader(tmp_path / "redrive.db")
    yield writer, reader, tmp_path
    writer.close()
    reader.close()


def test_that_messages_come_back_byte_for_byte(files: tuple[Writer, Reader, Path]) -> None:
    writer, reader, folder = files
    store = ArchiveStore(folder / "archive", writer, reader, FakeClock())
    name = store.begin(1, "c", "dead").result(5)
    part = store.part(name)
    part.append(LETTERS[:2])
    part.append(LETTERS[2:])
    part.close()
    assert [letter for _, letter in store.letters(name)] == LETTERS
    assert (store.view(name).held, store.view(name).whole, store.view(name).restored) == (3, True, 0)
    store.mark(name, [1, 2]).result(5)
    store.mark(name, [2]).result(5)
    assert store.marked(name) == {1, 2}
    with pytest.raises(NotFound):
        store.row("A-9999")


@pytest.mark.parametrize("cut", [1, 10, 29, 40, -1])
def test_that_a_cut_last_frame_hides_nothing_before_it(tmp_path: Path, cut: int) -> None:
    whole, last = encode_frame(LETTERS), encode_frame(LETTERS[:1])
    path = tmp_path / "part"
    path.write_bytes(whole + last[:cut])
    with path.open("rb") as file:
        frames = list(read_frames(file))
    assert frames[0] == LETTERS
    assert isinstance(frames[1], Damage)
    assert frames[1].why == CUT
    assert frames[1].offset == len(whole)


def test_that_a_changed_byte_is_found(tmp_path: Path) -> None:
    frame = bytearray(encode_frame(LETTERS))
    frame[-3] ^= 1
    path = tmp_path / "part"
    path.write_bytes(frame)
    with path.open("rb") as file:
        (damage,) = read_frames(file)
    assert isinstance(damage, Damage)
    assert "checksum" in damage.why


def test_that_the_journal_finds_a_changed_entry(files: tuple[Writer, Reader, Path]) -> None:
    writer, reader, _ = files
    journal = Journal(writer, reader, FakeClock(), "me@here")
    for n in range(3):
        journal.add("redrive", f"R-000{n}", "100 % of_it").result(5)
    assert journal.check() is None
    assert [entry.what for entry in journal.page(offset=0, limit=2)] == ["R-0002", "R-0001"]
    assert journal.page(offset=0, limit=9, where="0 % of_it")
    assert not journal.page(offset=0, limit=9, where="0 %% of")

    def forge(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE journal SET what = 'nothing' WHERE id = 2")

    writer.call(forge).result(5)
    assert journal.check() == Break(2)


def test_that_large_messages_lie_in_frames_a_reader_can_hold(files: tuple[Writer, Reader, Path]) -> None:
    writer, reader, folder = files
    store = ArchiveStore(folder / "archive", writer, reader, FakeClock())
    name = store.begin(1, "c", "dead").result(5)
    part = store.part(name)
    large = [
        DeadLetter(MessageRef(str(n), 0, b"\x01" * 16), Payload(bytes([n]) * (5 << 20))) for n in range(8)
    ]
    part.append(large)
    part.close()
    with part.path.open("rb") as file:
        frames = [frame for frame in read_frames(file) if not isinstance(frame, Damage)]
    assert [len(frame) for frame in frames] == [3, 3, 2]
    assert [letter for _, letter in store.letters(name)] == large


def test_that_an_unknown_archive_names_those_there_are(files: tuple[Writer, Reader, Path]) -> None:
    writer, reader, folder = files
    store = ArchiveStore(folder / "archive", writer, reader, FakeClock())
    with pytest.raises(NotFound, match="none yet"):
        store.row("A-0001")
    store.begin(1, "c", "dead").result(5)
    with pytest.raises(NotFound, match="A-0001"):
        store.row("A-0002")
