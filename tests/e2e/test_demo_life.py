"""Nothing of the demo outlives whoever started it."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.helpers.sources import ROOT
from tests.helpers.until import until

pytestmark = pytest.mark.slow

ENDS_WITHIN_S = 15.0
STARTER = textwrap.dedent(
    """
    import asyncio, json
    from dashboard.demo.control import Shop
    from dashboard.engine.headless import Stop, run

    async def main(stop: Stop) -> None:
        async with Shop() as shop:
            pids = [worker.pid for worker in (await shop.state()).workers]
            folder = str(shop.broker.folder)
            print(json.dumps({"pids": [shop.broker.pid, *pids], "folder": folder}), flush=True)
            await asyncio.Event().wait()

    run(main)
    """
)


@dataclass(frozen=True)
class Started:
    process: asyncio.subprocess.Process
    pids: list[int]
    folder: Path

    async def all_gone(self) -> bool:
        """Programs, broker and folder are gone."""
        return not self.folder.exists() and not any(map(runs, self.pids))


def runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def start() -> Started:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        STARTER,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    told = json.loads(await process.stdout.readline())
    children = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
    assert set(told["pids"]) <= set(children)
    return Started(process, children, Path(told["folder"]))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
async def test_that_programs_broker_and_folder_go_with_whoever_started_them(number: signal.Signals) -> None:
    started = await start()
    assert started.folder.exists()
    started.process.send_signal(number)
    await until(started.all_gone, within=ENDS_WITHIN_S)
    await started.process.wait()


async def test_that_the_broker_goes_with_a_keeper_that_was_killed() -> None:
    started = await start()
    keeper = next(
        child
        for child in psutil.Process(started.process.pid).children()
        if "dashboard.demo.keeper" in child.cmdline()
    )
    (broker,) = keeper.children()
    keeper.kill()

    async def broker_is_gone() -> bool:
        return not runs(broker.pid)

    await until(broker_is_gone, within=ENDS_WITHIN_S)
    started.process.kill()
    await started.process.wait()
