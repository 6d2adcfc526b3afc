"""Reports of runs written to a file for the window: pages from the engine, written in a thread."""

import asyncio
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from adapters.api import ConfigError
from dashboard.core.desk import Desk
from dashboard.core.runs import LedgerRow, report_line

PAGE = 2000


async def write_ledger(desk: Desk, run: str, path: Path) -> int:
    """Writes each message's fate as JSON Lines, as `redrive runs report` does; returns how many.

    The file is new and readable by its owner only. Raises `ConfigError` where it cannot be made or written.
    """
    file = await asyncio.to_thread(_made, path)
    written = 0
    try:
        while True:
            page = await desk.ledger(run, "", offset=written, limit=PAGE)
            await asyncio.to_thread(_add, file, page.rows)
            written += len(page.rows)
            if not page.rows or written >= page.total:
                return written
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}.", hint="Make room, or name another."
        ) from error
    finally:
        await asyncio.to_thread(file.close)


def _made(path: Path) -> BinaryIO:
    try:
        handle = os.open(path.expanduser(), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise ConfigError(f"{path} is there already.", hint="Name a file that is not there yet.") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be made: {error.strerror}.", hint="Name another file.") from error
    return os.fdopen(handle, "wb")


def _add(file: BinaryIO, rows: Sequence[LedgerRow]) -> None:
    file.write(b"".join(json.dumps(report_line(row)).encode() + b"\n" for row in rows))
