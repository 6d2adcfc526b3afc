"""The watch after the canary: whether it came back, stayed, or cannot be told."""

import asyncio
from dataclasses import dataclass

from dashboard.core.runs import Tally
from dashboard.engine.runs.control import Control
from dashboard.engine.runs.passing import Passing
from dashboard.engine.runs.shop import Link, Shop
from dashboard.store.ledger_rows import RunRow

LOOK_S = 0.5
GRACE_S = 2.0
MOST_STRAGGLING_S = 15.0

DROPPED = (
    "A message with the same body died again without the header redrive-run: the failing side drops it, so returns"
    " cannot be recognised."
)
BLIND = (
    "The failing side drops the header redrive-run, so returns cannot be recognised: look at the target and the source,"
    " then go on."
)
UNSEEN = "Returns cannot be seen on this source: look at the target, then go on."


@dataclass(frozen=True, slots=True)
class CanaryVerdict:
    """What the watch showed; `stayed` lets the rest go on, otherwise the run stops and asks."""

    stayed: bool
    words: str


async def watch_canary(
    row: RunRow, shop: Shop, link: Link, passing: Passing, control: Control
) -> CanaryVerdict | None:
    """Watches for the pace's `watch_s`; None when a wish ended it.

    The first return decides; the watch then goes on only until no further one comes for `GRACE_S`, so that those that
    were about to come back are not called stayed.
    """
    end = shop.clock.monotonic() + control.pace.watch_s
    returned = 0
    while True:
        await passing.look_for_returns()
        tally = (await asyncio.to_thread(shop.books.run, str(row.number))).tally
        now = shop.clock.monotonic()
        if tally.returned > returned:
            returned = tally.returned
            end = min(max(end, now), now + GRACE_S)
        if returned == tally.moved or now >= end:
            break
        if passing.lookalikes and not returned:
            return CanaryVerdict(stayed=False, words=DROPPED)
        if await control.pause_for(min(LOOK_S, end - now)):
            return None
    return _verdict(row, link, tally, control.pace.watch_s)


async def watch_last(row: RunRow, shop: Shop, passing: Passing, control: Control, seconds: float) -> None:
    """Counts what of the last messages comes back: for `seconds` after the last was sent, unless a wish ends it."""
    end = shop.clock.monotonic() + seconds
    while True:
        await passing.look_for_returns()
        tally = (await asyncio.to_thread(shop.books.run, str(row.number))).tally
        left = end - shop.clock.monotonic()
        if left <= 0 or tally.returned == tally.moved or await control.pause_for(min(LOOK_S, left)):
            return


async def watch_stragglers(row: RunRow, shop: Shop, passing: Passing) -> None:
    """After a stop by the brake: counts on until nothing more comes back for a while."""
    returned, quiet_since = -1, shop.clock.monotonic()
    begun = quiet_since
    while (now := shop.clock.monotonic()) - quiet_since < GRACE_S and now - begun < MOST_STRAGGLING_S:
        await passing.look_for_returns()
        tally = (await asyncio.to_thread(shop.books.run, str(row.number))).tally
        if tally.returned > returned:
            returned, quiet_since = tally.returned, shop.clock.monotonic()
        if returned == tally.moved:
            return
        await asyncio.sleep(LOOK_S)


def _verdict(row: RunRow, link: Link, tally: Tally, watched_s: float) -> CanaryVerdict:
    if tally.returned:
        words = f"{tally.returned} of {tally.moved} canary messages came back."
        return CanaryVerdict(stayed=False, words=words)
    if row.setup.blind:
        return CanaryVerdict(stayed=False, words=BLIND)
    if link.returns is None:
        return CanaryVerdict(stayed=False, words=UNSEEN)
    return CanaryVerdict(stayed=True, words=f"All {tally.moved} canary messages stayed for {watched_s:g} s.")
