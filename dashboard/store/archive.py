"""Archives on disk: what was purged, in parts that are only added to, with marks for what was restored."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adapters.api import Clock, DeadLetter, NotFound
from dashboard.core.runs import ArchiveView
from dashboard.store.archive_format import CUT, Damage, encode_frame, frames_of, read_frames
from dashboard.store.errors import DiskFull, Unwritable
from dashboard.store.writer import Reader, Writer


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """An archive as indexed: where its messages came from."""

    name: str
    connection: str
    source: str
    made: float


class ArchivePart:
    """One file of an archive, written by one session of one run; `append` is durable on return."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = len(list(folder.glob("part-*.rdz"))) + 1
        self.path = folder / f"part-{number:03d}.rdz"
        try:
            self._file = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except OSError as error:
            raise Unwritable(
                f"{self.path} cannot be made: {error.strerror}.", hint="Check the folder."
            ) from error
        _sync_folder(folder)

    def append(self, letters: Sequence[DeadLetter]) -> None:
        """Writes frames and waits until they are on disk; raises `DiskFull`, the part then ends before them."""
        start = os.lseek(self._file, 0, os.SEEK_END)
        try:
            for some in frames_of(letters):
                frame = memoryview(encode_frame(some))
                while frame:
                    frame = frame[os.write(self._file, frame) :]
            os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, start)
            raise DiskFull(
                f"The archive {self.path} cannot be written: {error.strerror}.",
                hint="Free some room; nothing was removed.",
            ) from error

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)


class ArchiveStore:
    """All archives of a home: index and marks in the ledger's file, messages in a folder each."""

    def __init__(self, folder: Path, writer: Writer, reader: Reader, clock: Clock) -> None:
        self._folder = folder
        self._writer = writer
        self._reader = reader
        self._clock = clock

    def begin(self, run: int, connection: str, source: str) -> "Future[str]":
        """A new archive's name, as A-0031."""
        now = self._clock.now().timestamp()

        def work(database: sqlite3.Connection) -> str:
            (last,) = database.execute("SELECT coalesce(max(number), 0) FROM archive").fetchone()
            name = f"A-{last + 1:04d}"
            database.execute(
                "INSERT INTO archive (name, number, run, connection, source, made) VALUES (?, ?, ?, ?, ?, ?)",
                (name, last + 1, run, connection, source, now),
            )
            return name

        return self._writer.call(work)

    def part(self, name: str) -> ArchivePart:
        """A new part of an archive."""
        return ArchivePart(self._folder / name)

    def row(self, name: str) -> ArchiveRow:
        """One archive; raises `NotFound`."""
        with self._reader.connect() as database:
            row = database.execute(
                "SELECT name, connection, source, made FROM archive WHERE name = ?", (name.upper(),)
            ).fetchone()
            known = database.execute("SELECT name FROM archive ORDER BY number DESC LIMIT 5").fetchall()
        if row is None:
            there = ", ".join(one for (one,) in known)
            hint = f"The newest are {there}." if there else "There is none yet: a purge makes one."
            raise NotFound(f"There is no archive {name}.", hint=hint)
        return ArchiveRow(*row)

    def views(self) -> list[ArchiveView]:
        """All archives, newest first; each is read through to count and check it."""
        with self._reader.connect() as database:
            rows = database.execute("SELECT name FROM archive ORDER BY number DESC").fetchall()
        return [self.view(name) for (name,) in rows]

    def view(self, name: str) -> ArchiveView:
        """One archive, read through."""
        row = self.row(name)
        held, whole = 0, True
        for frame in self._frames(row.name):
            if isinstance(frame, Damage):
                # A kill leaves a cut last frame that was never reported as archived: no damage to what is held.
                whole = whole and frame.why == CUT
            else:
                held += len(frame)
        with self._reader.connect() as database:
            (marked,) = database.execute(
                "SELECT count(*) FROM archive_mark WHERE archive = ?", (row.name,)
            ).fetchone()
        size = sum(part.stat().st_size for part in self._parts(row.name))
        made = datetime.fromtimestamp(row.made, UTC)
        return ArchiveView(row.name, f"{row.connection}/{row.source}", made, held, marked, size, whole)

    def letters(self, name: str) -> Iterator[tuple[int, DeadLetter]]:
        """All readable messages with their numbers from 1, removed ones included."""
        number = 0
        for frame in self._frames(name):
            if isinstance(frame, Damage):
                continue
            for letter in frame:
                number += 1
                yield number, letter

    def keys(self, name: str) -> dict[tuple[str, bytes], int]:
        """The number of each message by key and digest."""
        return {(letter.ref.key, letter.ref.digest): number for number, letter in self.letters(name)}

    def marked(self, name: str) -> set[int]:
        """Numbers that were restored."""
        with self._reader.connect() as database:
            found = database.execute("SELECT n FROM archive_mark WHERE archive = ?", (name,)).fetchall()
        return {number for (number,) in found}

    def mark(self, name: str, numbers: Sequence[int]) -> "Future[None]":
        """Marks messages as restored; frames are never rewritten."""

        def work(database: sqlite3.Connection) -> None:
            database.executemany(
                "INSERT OR IGNORE INTO archive_mark (archive, n) VALUES (?, ?)",
                [(name, number) for number in numbers],
            )

        return self._writer.call(work)

    def _parts(self, name: str) -> list[Path]:
        return sorted((self._folder / name).glob("part-*.rdz"))

    def _frames(self, name: str) -> Iterator[list[DeadLetter] | Damage]:
        for part in self._parts(name):
            with part.open("rb") as file:
                yield from read_frames(file)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
