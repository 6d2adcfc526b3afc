"""Starts the demo's programs so that none outlives this process: each ends when its standard input does."""

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import dashboard
from adapters.api import ConnectError

_ROOT = Path(dashboard.__file__).resolve().parent.parent
_START_S = 20.0
_STOP_S = 3.0


def environment() -> dict[str, str]:
    """This process's environment, in which the demo's own modules are found from any folder."""
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


class Program:
    """A started program: its first line of output was read, its standard input is held open."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, first: str) -> None:
        self.name = name
        self.first = first
        self._process = process

    @classmethod
    async def start(cls, name: str, module: str, arguments: Sequence[str], log: Path | None) -> "Program":
        """Starts `python -m module` and waits for its first line; raises `ConnectError` where none comes."""
        # A file opened here blocks no longer than making an entry in a folder takes.
        stderr = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if log else None
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                module,
                *arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL if stderr is None else stderr,
                env=environment(),
                # Ctrl+C is for the program in the foreground; it ends the others in its own order.
                start_new_session=True,
            )
        finally:
            if stderr is not None:
                os.close(stderr)
        program = cls(name, process, "")
        try:
            await program._hear()
        except BaseException:
            await program.stop()
            raise
        return program

    async def _hear(self) -> None:
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(_START_S):
                line = await self._process.stdout.readline()
        except TimeoutError:
            line = b""
        if not line:
            raise ConnectError(f"The demo's {self.name} did not start.")
        self.first = line.decode("utf-8", "replace").strip()

    @property
    def pid(self) -> int | None:
        """Its process id; None once it has ended."""
        return self._process.pid if self._process.returncode is None else None

    async def tell(self, line: str) -> None:
        """Writes one line to its standard input; nothing happens where it has ended."""
        assert self._process.stdin is not None
        with suppress(ConnectionError):
            self._process.stdin.write(line.encode() + b"\n")
            await self._process.stdin.drain()

    async def kill(self) -> None:
        """Kills it without a warning."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._finish()

    async def stop(self) -> None:
        """Lets it finish what it has in hand; kills it where that takes too long."""
        await self._finish()

    async def _finish(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(ConnectionError):
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_S):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        # Reading to the end lets the pipe's transport close itself.
        await self._process.stdout.read()
