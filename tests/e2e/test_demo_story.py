"""`redrive demo --headless` as a process: the whole story, its numbers, and nothing left behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import psutil
import pytest

from dashboard.demo.topology import CHANNELS
from tests.helpers.sources import ROOT
from tests.helpers.until import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

ENDS_WITHIN_S = 15.0


@asynccontextmanager
async def redrive(*arguments: str, home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dashboard",
        *arguments,
        cwd=ROOT,
        env={**os.environ, "REDRIVE_HOME": str(home)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def first_line(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    return (await process.stderr.readline()).decode().strip()


def family(process: asyncio.subprocess.Process) -> list[psutil.Process]:
    return list(psutil.Process(process.pid).children(recursive=True))


async def none_runs(those: list[psutil.Process]) -> bool:
    """No program of the demo runs."""
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in those)


async def test_that_the_story_is_told_beside_the_users_files_and_its_numbers_add_up(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with redrive("demo", "--headless", "--for", "20", "--json", home=home) as process:
        url = await first_line(process)
        client = await nats.connect(url)
        names = {stream.config.name for stream in await client.jetstream().streams_info()}
        await client.close()
        children = family(process)
        out, err = await process.communicate()
    text = err.decode()
    assert process.returncode == 0, text
    assert names == {name for channel in CHANNELS for name in (channel.name, channel.dead_name)}
    told = json.loads(out)
    assert set(told) == {
        *("schema", "broker", "produced", "dead", "came_back", "redriven", "left", "pictures"),
    }
    assert out.count(b"\n") == 1
    assert told["schema"] == 1
    assert told["came_back"] >= 1
    assert told["dead"] == told["redriven"] + told["left"]
    assert told["left"] == 0
    assert told["redriven"] > 8
    assert told["produced"] > 500
    assert told["pictures"] == []
    assert "Scenario poison" in text
    assert "Deploying the fix" in text
    assert await none_runs(children)
    files = {path.name for path in await asyncio.to_thread(lambda: list(home.rglob("*"))) if path.is_file()}
    assert files <= {"redrive.log"}, "the demo is never beside the user's own connections"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_that_a_story_cut_short_leaves_nothing_running(number: signal.Signals, tmp_path: Path) -> None:
    async with redrive("demo", "--headless", "--for", "30", home=tmp_path / "home") as process:
        assert (await first_line(process)).startswith("nats://127.0.0.1:")
        children = family(process)
        assert len(children) >= 8
        process.send_signal(number)

        async def all_are_gone() -> bool:
            """Neither the program nor what it started runs."""
            return process.returncode is not None and await none_runs(children)

        await until(all_are_gone, within=ENDS_WITHIN_S)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--headless", "--for", "5"], "at least 15 s"),
        (["--broker", "pigeon", "--headless"], "Known are nats"),
        (["--scenario", "fire", "--headless"], "Known are poison"),
    ],
)
async def test_that_options_that_make_no_sense_end_with_2(
    arguments: list[str], text: str, tmp_path: Path
) -> None:
    async with redrive("demo", *arguments, home=tmp_path / "home") as process:
        out, err = await process.communicate()
    assert process.returncode == 2
    assert out == b""
    assert text in err.decode()
