"""The pictures of the storyline: taken while the shop holds its breath, each with its numbers beside it."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from dashboard.core.letters import SourceKey
from dashboard.core.runs import Draft
from dashboard.core.words import iso
from dashboard.demo.control import Shop
from dashboard.demo.numbers import Compared, Scene, compare, facts
from dashboard.demo.opening import INTERVAL_S
from dashboard.demo.plain_nats import Reading
from dashboard.demo.report import SCHEMA
from dashboard.demo.shots import Camera, Shot, View

_TRIES = 3
_QUIET_S = 2.5 * INTERVAL_S
"""After this the last two readings of the program were both taken in silence, so that its rates are 0 as well."""


class Album:
    """Writes into `folder` what `camera` takes; `photograph` is handed to the story."""

    def __init__(self, shop: Shop, folder: Path, camera: Camera) -> None:
        self._shop = shop
        self._folder = folder
        self._camera = camera
        self._scene = Scene("")

    async def photograph(self, page: str, place: str, what: object) -> Sequence[str]:
        """Takes a page in each theme; gives the names of the pictures. Raises `OSError` for a folder it cannot write."""
        await self._shop.hush()
        try:
            for left in reversed(range(_TRIES)):
                before = await self._shop.read_plain()
                shots = await self._camera(View(page, place, what, time.time() + _QUIET_S))
                after = await self._shop.read_plain()
                if after.quiet_since(before) or not left:
                    self._scene = follow(self._scene, page, what, after)
                    return await asyncio.to_thread(self._write, shots, after)
        finally:
            await self._shop.speak_up()
        return ()

    def _write(self, shots: Sequence[Shot], reading: Reading) -> Sequence[str]:
        self._folder.mkdir(parents=True, exist_ok=True)
        names = []
        for shot in shots:
            name = f"{self._scene.page}-{shot.theme}"
            (self._folder / f"{name}.png").write_bytes(shot.png)
            numbers = compare(self._scene, shot.shown, reading)
            text = json.dumps(document(f"{name}.png", self._scene, shot.theme, reading, numbers), indent=1)
            (self._folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
            names.append(f"{name}.png")
        return names


def follow(before: Scene, page: str, what: object, reading: Reading) -> Scene:
    """The next scene: a run is of what the plan before it froze."""
    source, frozen = before.source, before.frozen
    if isinstance(what, SourceKey):
        source = what.source
    elif isinstance(what, Draft):
        source, frozen = what.selection.source.source, reading
    return Scene(page, source, frozen)


def document(
    picture: str, scene: Scene, theme: str, reading: Reading, numbers: Sequence[Compared]
) -> Mapping[str, object]:
    """What stands beside a picture."""
    return {
        "schema": SCHEMA,
        "picture": picture,
        "page": scene.page,
        "theme": theme,
        "at": iso(datetime.fromtimestamp(reading.at, UTC)),
        "numbers": [asdict(number) for number in numbers],
        "plain": {"resources": reading.resources, **facts(scene, reading)},
    }
