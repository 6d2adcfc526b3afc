"""The pictures of the demo: there, of the right size, and showing what a plain client read at that moment."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.sources import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

PAGES = ("watch", "dead-letters", "plan", "run")
THEMES = ("dark", "light")
NO_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("PySide6", reason="pictures need the window's libraries")
    folder = tmp_path_factory.mktemp("pictures")
    env = {name: value for name, value in os.environ.items() if name not in NO_DISPLAY}
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            "dashboard",
            "demo",
            "--headless",
            "--for",
            "35",
            "--json",
            "--screenshot",
            str(folder),
        ],
        cwd=ROOT,
        env={**env, "REDRIVE_HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    document = json.loads(told.stdout)
    assert document["pictures"] == [f"{page}-{theme}.png" for page in PAGES for theme in THEMES]
    assert document["left"] == 0
    assert document["came_back"] >= 1
    assert "Traceback" not in told.stderr
    return folder


def read(album: Path, page: str, theme: str) -> dict[str, Any]:
    return dict(json.loads((album / f"{page}-{theme}.json").read_text()))


def compared(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [number for number in document["numbers"] if number["plain"] is not None]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("theme", THEMES)
def test_that_each_number_that_was_shown_is_what_a_plain_client_read(
    album: Path, page: str, theme: str
) -> None:
    document = read(album, page, theme)
    wrong = [
        number
        for number in compared(document)
        if number["shown"] is None or abs(number["shown"] - number["plain"]) > number["within"]
    ]
    assert wrong == []
    assert len(compared(document)) >= 8


@pytest.mark.parametrize("page", PAGES)
def test_that_the_pictures_are_drawn_in_two_themes(album: Path, page: str) -> None:
    pictures = [(album / f"{page}-{theme}.png").read_bytes() for theme in THEMES]
    for picture in pictures:
        assert picture.startswith(b"\x89PNG\r\n")
        assert struct.unpack(">II", picture[16:24]) == (1440, 900)
    assert pictures[0] != pictures[1]


def test_that_watch_shows_the_depth_of_every_stream_and_consumer(album: Path) -> None:
    document = read(album, "watch", "dark")
    waiting = {number["where"] for number in compared(document) if number["what"] == "Waiting"}
    assert waiting == set(document["plain"]["resources"])


def test_that_a_plan_and_its_run_say_how_many_were_frozen_sent_and_came_back(album: Path) -> None:
    plan, run = read(album, "plan", "light"), read(album, "run", "light")
    assert {"source", "readers", "ahead"} <= {number["what"] for number in compared(plan)}
    assert {"frozen", "returned", "unsent", "stayed"} <= {number["what"] for number in compared(run)}
    assert run["plain"]["returned"] >= 1
    assert run["plain"]["frozen"] == plan["plain"]["source"]
