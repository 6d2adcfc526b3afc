"""Reports of runs and chosen dead letters written to a file: pages from the engine, written in a thread."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import BinaryIO

from adapters.api import ConfigError
from dashboard.core.desk import Desk
from dashboard.core.letter_documents import Document, letter
from dashboard.core.letters import LetterRow, Selection, SnapshotInfo
from dashboard.core.runs import report_line

PAGE = 2000
LETTERS = 100
"""Whole letters held at once: each may be as large as the broker allows."""


async def write_ledger(desk: Desk, run: str, path: Path) -> int:
    """Writes each message's fate as JSON Lines, as `redrive runs report` does; returns how many.

    The file is new and readable by its owner only. Raises `ConfigError` where it cannot be made or written.
    """

    async def pages() -> AsyncIterator[list[Document]]:
        offset = 0
        while True:
            page = await desk.ledger(run, "", offset=offset, limit=PAGE)
            yield [dict(report_line(row)) for row in page.rows]
            offset += len(page.rows)
            if not page.rows or offset >= page.total:
                return

    return await _write(path, pages())


async def write_letters(desk: Desk, info: SnapshotInfo, chosen: Selection, path: Path) -> int:
    """Writes the chosen dead letters whole as JSON Lines, as `redrive dead export` does; else as `write_ledger`."""

    async def pages() -> AsyncIterator[list[Document]]:
        async for rows in _chosen(desk, chosen):
            yield [letter(info, await desk.letter(chosen.snapshot, row.n)) for row in rows]

    return await _write(path, pages())


async def _chosen(desk: Desk, chosen: Selection) -> AsyncIterator[list[LetterRow]]:
    if chosen.ids:
        found = await desk.find(chosen.snapshot, chosen.ids)
        yield [row for row in found if row.n not in chosen.excluded]
        return
    offset = 0
    while True:
        page = await desk.page(chosen.snapshot, chosen.where, offset=offset, limit=LETTERS)
        yield [row for row in page.rows if row.n not in chosen.excluded]
        offset += len(page.rows)
        if not page.rows or offset >= page.total:
            return


async def _write(path: Path, pages: AsyncIterator[list[Document]]) -> int:
    file = await asyncio.to_thread(_made, path)
    written = 0
    try:
        async for documents in pages:
            await asyncio.to_thread(_add, file, documents)
            written += len(documents)
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


def _add(file: BinaryIO, documents: Sequence[Document]) -> None:
    lines = (json.dumps(document, allow_nan=False).replace("\x7f", "\\u007f") for document in documents)
    file.write("".join(f"{line}\n" for line in lines).encode())
