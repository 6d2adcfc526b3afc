"""`redrive demo`: a broker, a shop and a story of their own, without a window or with one."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from adapters.api import ConfigError
from dashboard.core.desk import Desk
from dashboard.demo.control import Shop
from dashboard.demo.opening import OpenDesk, watching
from dashboard.demo.pacing import DEFAULT_S, SHORTEST_S, pace
from dashboard.demo.report import DemoReport
from dashboard.demo.scenarios import script_named
from dashboard.demo.story import POISON, Photograph, Story, no_pictures
from dashboard.engine.headless import Stop, run

BROKERS = ("nats",)
_CLOSING_S = 1.0
PICTURES_S = 16.0
"""What four pictures take, each in both themes: the shop is silent meanwhile."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What was asked for; `for_s` None: until it is ended (with a window), or the usual length (without)."""

    broker: str = "nats"
    scenario: str | None = None
    headless: bool = False
    for_s: float | None = None
    screenshot: Path | None = None
    json: bool = False


@dataclass(frozen=True, slots=True)
class DemoParts:
    """What the demo is put together with, handed in by whoever starts it.

    `open_desk` opens an engine that watches, over the given home folder; `open_window` runs the window to its end and
    gives the exit code; `tell_with_pictures` tells the story beside a window that is drawn offscreen, and writes
    pictures of it into the folder.
    """

    out: TextIO
    err: TextIO
    open_desk: OpenDesk
    open_window: Callable[[DemoOptions], int]
    tell_with_pictures: Callable[[DemoOptions, Path, Say], DemoReport]


def run_demo(options: DemoOptions, parts: DemoParts) -> int:
    """Runs the demo and gives the exit code; raises `ConfigError` for options that make no sense."""
    check(options)
    if not options.headless:
        return parts.open_window(options)

    def say(line: str) -> None:
        print(line, file=parts.err, flush=True)

    if options.screenshot is not None:
        report = parts.tell_with_pictures(options, options.screenshot, say)
    else:
        report = run(lambda stop: tell(options, parts.open_desk, say, stop))
    say(
        f"{report.produced} messages, {report.dead} died, {report.came_back} came back before the fix,"
        f" {report.redriven} redriven, {report.left} left."
    )
    if options.json:
        print(report.document(), file=parts.out, flush=True)
    return 0


def check(options: DemoOptions) -> None:
    """Raises `ConfigError` for options that make no sense."""
    if options.broker not in BROKERS:
        raise ConfigError(
            f"There is no demo with the broker {options.broker!r}.", hint=f"Known are {', '.join(BROKERS)}."
        )
    if options.scenario is not None:
        script_named(options.scenario)
    if options.headless:
        pace(options.for_s if options.for_s is not None else DEFAULT_S)


async def tell(options: DemoOptions, open_desk: OpenDesk, say: Say, stop: Stop) -> DemoReport:
    """Tells the story without a window; all that was started has ended when this returns or raises."""
    del stop  # a signal cancels this task, and the blocks below end what they began
    began = asyncio.get_running_loop().time()
    async with Shop() as shop:
        say(shop.url)
        async with watching(open_desk, shop) as desk:
            return await tell_over(options, shop, desk, say, began=began)


async def tell_over(
    options: DemoOptions,
    shop: Shop,
    desk: Desk,
    say: Say,
    photograph: Photograph = no_pictures,
    *,
    began: float | None = None,
) -> DemoReport:
    """Tells the story over an open shop and desk; its seconds count from `began` (the loop's time), else from now."""
    seconds = options.for_s if options.for_s is not None else DEFAULT_S
    start = asyncio.get_running_loop().time() if began is None else began
    pictures_s = PICTURES_S if photograph is not no_pictures else 0.0
    story = Story(
        desk=desk,
        shop=shop,
        pacing=pace(max(seconds - pictures_s, SHORTEST_S)),
        say=say,
        scenario=options.scenario or POISON,
        photograph=photograph,
    )
    return await story.tell(start + seconds - _CLOSING_S)
