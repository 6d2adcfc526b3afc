"""The watch after the canary: whether it came back, stayed, or cannot be told."""

import asyncio
from dataclasses import dataclass

from dashboard.engine.runs.control import Control
from dashboard.engine.runs.passing import Passing
from dashboard.engine.runs.shop import Link, Shop
from dashboard.store.ledger_rows import RunRow

LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class CanaryVerdict:
    """What the watch showed; `stayed` lets the rest go on, otherwise the run stops and asks."""

    stayed: bool
    words: str


async def watch_canary(
    row: RunRow, shop: Shop, link: Link, passing: Passing, control: Control
) -> CanaryVerdict | None:
    """Watches for the pace's `watch_s`; None when a wish ended it. A return ends it early."""
    end = shop.clock.monotonic() + control.pace.watch_s
    while True:
        await passing.look_for_returns()
        tally = (await asyncio.to_thread(shop.books.run, str(row.number))).tally
        if tally.returned:
            return CanaryVerdict(False, f"{tally.returned} of {tally.moved} canary messages came back.")
        if link.returns is not None and passing.lookalikes:
            return CanaryVerdict(
                False,
                "A message with the same body died again without the header redrive-run: the failing side drops it,"
                " so returns cannot be recognised.",
            )
        left = end - shop.clock.monotonic()
        if left <= 0:
            break
        if await control.pause_for(min(LOOK_S, left)):
            return None
    if row.setup.blind:
        return CanaryVerdict(
            False,
            "The failing side drops the header redrive-run, so returns cannot be recognised: look at the target and the"
            " source, then go on.",
        )
    if link.returns is None:
        return CanaryVerdict(False, "Returns cannot be seen on this source: look at the target, then go on.")
    return CanaryVerdict(True, f"All {tally.moved} canary messages stayed for {control.pace.watch_s:g} s.")
