"""A lock a run, held by the process that works on it and freed by the kernel when that process dies."""

import fcntl
import os
from pathlib import Path

from adapters.api import Denied


class RunLock:
    """An exclusive lock on `runs/ID.lock`."""

    def __init__(self, folder: Path, run: str) -> None:
        self._path = folder / f"{run}.lock"
        self._file: int | None = None

    def acquire(self) -> None:
        """Takes the lock; raises `Denied` when another process, or another runner here, works on the run."""
        file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise Denied("Another Redrive works on this run.", hint="Pause it there, or wait.") from None
        self._file = file

    def release(self) -> None:
        """Frees the lock; the file stays, since removing it would let two holders exist."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def held(folder: Path, run: str) -> bool:
    """Whether a living process works on the run."""
    try:
        file = os.open(folder / f"{run}.lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False
