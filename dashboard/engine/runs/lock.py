"""A lock a run, held by the process that works on it and freed by the kernel when that process dies."""

import fcntl
import os
import time
from pathlib import Path

from adapters.api import Denied

TRIES, STEP_S = 5, 0.002
"""`held` has the lock for microseconds: whoever only looks must not look like a worker."""


class RunLock:
    """An exclusive lock on `runs/ID.lock`."""

    def __init__(self, folder: Path, run: str) -> None:
        self._path = folder / f"{run}.lock"
        self._file: int | None = None

    def acquire(self) -> None:
        """Takes the lock; raises `Denied` when another process, or another runner here, works on the run."""
        file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        for left in reversed(range(TRIES)):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not left:
                    os.close(file)
                    raise Denied(
                        "Another Redrive works on this run.", hint="Pause it there, or wait."
                    ) from None
                time.sleep(STEP_S)
            else:
                break
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
        # Shared, so that two who look at once do not take each other for a worker.
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False
