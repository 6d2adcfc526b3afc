"""The program as a process of its own, over a home folder that the test names."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ENDS_S = 60.0


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code and what it wrote."""

    code: int
    out: bytes
    err: str

    @property
    def json(self) -> Any:
        """Stdout as the one document on one line that it must be."""
        assert self.out.endswith(b"\n"), (self.code, self.out, self.err)
        assert self.out.count(b"\n") == 1, (self.code, self.out, self.err)
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Stdout as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


class Redrive:
    """`redrive …` over one home folder."""

    def __init__(self, home: Path, environ: Mapping[str, str] | None = None) -> None:
        self.home = home
        self._started: list[asyncio.subprocess.Process] = []
        self.environ = {
            **os.environ,
            "REDRIVE_HOME": str(home),
            "PYTHONUNBUFFERED": "1",
            **(environ or {}),
        }

    async def start(self, *args: str) -> asyncio.subprocess.Process:
        """Starts the program; `end` waits for it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "dashboard",
            *args,
            cwd=ROOT,
            env=self.environ,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self._started.append(process)
        return process

    async def close(self) -> None:
        """Kills what a failed test left running."""
        for process in self._started:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    async def __call__(self, *args: str, stdin: bytes = b"") -> Ended:
        """Runs one command to its end."""
        return await self.end(await self.start(*args), stdin)

    async def end(self, process: asyncio.subprocess.Process, stdin: bytes = b"") -> Ended:
        """Waits for a started program; it is killed and the test fails where it takes too long."""
        try:
            async with asyncio.timeout(ENDS_S):
                out, err = await process.communicate(stdin)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise
        assert process.returncode is not None
        return Ended(process.returncode, out, err.decode("utf-8", "replace"))
