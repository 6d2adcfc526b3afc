"""The demo with its window, and the story with pictures, as processes: nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.helpers.sources import ROOT
from tests.helpers.until import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(90)]

ENDS_WITHIN_S = 15.0


async def start(home: Path, *arguments: str) -> asyncio.subprocess.Process:
    pytest.importorskip("PySide6", reason="the window needs its libraries")
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dashboard",
        "demo",
        *arguments,
        cwd=ROOT,
        env={
            **os.environ,
            "REDRIVE_HOME": str(home),
            "TMPDIR": str(home),
            "QT_QPA_PLATFORM": "offscreen",
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )


def folders(of: Path) -> list[Path]:
    return list(of.glob("redrive-demo-*"))


async def shop_of(process: asyncio.subprocess.Process) -> list[psutil.Process]:
    """All programs of the demo, once they run."""
    found: list[psutil.Process] = []

    async def all_run() -> bool:
        """Broker, its keeper and seven programs run."""
        found[:] = psutil.Process(process.pid).children(recursive=True)
        return len(found) >= 9

    await until(all_run, within=20)
    return found


async def gone(process: asyncio.subprocess.Process, shop: list[psutil.Process]) -> None:
    async def all_are_gone() -> bool:
        """Neither the program nor what it started runs."""
        runs = [one for one in shop if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
        return process.returncode is not None and not runs

    await until(all_are_gone, within=ENDS_WITHIN_S)
    await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("kind", ["window", "pictures"])
async def test_that_a_signal_leaves_nothing_running(
    tmp_path: Path, kind: str, number: signal.Signals
) -> None:
    pictures = ["--headless", "--for", "60", "--screenshot", str(tmp_path / "pictures")]
    process = await start(tmp_path, *(pictures if kind == "pictures" else []))
    try:
        shop = await shop_of(process)
        process.send_signal(number)
        await gone(process, shop)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()

    async def no_folder_is_left() -> bool:
        """The demo's folder is gone."""
        return not folders(tmp_path)

    await until(no_folder_is_left, within=ENDS_WITHIN_S)


async def test_that_the_window_closes_itself_after_its_seconds(tmp_path: Path) -> None:
    process = await start(tmp_path, "--for", "3", "--scenario", "burst")
    shop = await shop_of(process)
    await asyncio.wait_for(process.wait(), 15)
    assert process.returncode == 0
    await gone(process, shop)
    assert folders(tmp_path) == []
