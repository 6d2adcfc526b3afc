"""What can go wrong with our own files; each says what to do, and nothing is overwritten.

::

    StoreError (RedriveError)
    ├── DiskFull    no room; the act was not done
    ├── Busy        another program holds the file too long
    ├── Corrupt     the file is damaged; it was left or set aside
    ├── TooNew      a newer program wrote it
    └── Unwritable  rights or a read-only disk
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.api import Actor, RedriveError


class StoreError(RedriveError):
    """Our own files cannot be read or written."""

    actor = Actor.USER


class DiskFull(StoreError):
    """No room on the disk; what was to be written was not."""


class Busy(StoreError):
    """Another program holds the file."""


class Corrupt(StoreError):
    """The file is damaged."""


class TooNew(StoreError):
    """The file was written by a newer program."""


class Unwritable(StoreError):
    """The file may not be written."""


_KINDS: dict[int, tuple[type[StoreError], str, str]] = {
    sqlite3.SQLITE_FULL: (
        DiskFull,
        "There is no room left on the disk for {}.",
        "Free some room, then try again.",
    ),
    sqlite3.SQLITE_BUSY: (
        Busy,
        "Another program holds {}.",
        "Close the other Redrive or wait, then try again.",
    ),
    sqlite3.SQLITE_LOCKED: (
        Busy,
        "Another program holds {}.",
        "Close the other Redrive or wait, then try again.",
    ),
    sqlite3.SQLITE_CORRUPT: (Corrupt, "{} is damaged.", "Run: redrive doctor"),
    sqlite3.SQLITE_NOTADB: (Corrupt, "{} is damaged.", "Run: redrive doctor"),
    sqlite3.SQLITE_READONLY: (Unwritable, "{} cannot be written.", "Give yourself the right to write it."),
    sqlite3.SQLITE_CANTOPEN: (Unwritable, "{} cannot be opened.", "Check the folder and its rights."),
    sqlite3.SQLITE_PERM: (Unwritable, "{} cannot be opened.", "Check the folder and its rights."),
    sqlite3.SQLITE_IOERR: (DiskFull, "{} cannot be written: the disk fails or is full.", "Check the disk."),
}


@contextmanager
def mapped(path: Path) -> Iterator[None]:
    """Turns the environment's sqlite3 errors into `StoreError`; our own mistakes pass through."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None or code & 0xFF not in _KINDS:
            raise
        kind, text, hint = _KINDS[code & 0xFF]
        raise kind(text.format(path), hint=hint) from error
