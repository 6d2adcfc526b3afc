from __future__ import annotations

import json
import math

import pytest

from adapters.api import ConfigError
from dashboard.demo.main import DemoOptions, check
from dashboard.demo.pacing import DIES_AGAIN_S, SHORTEST_S, pace
from dashboard.demo.report import DemoReport


@pytest.mark.parametrize("seconds", [15, 17.9, 18, 20, 30, 60, 600, 86_400])
def test_that_the_phases_fit_into_the_story(seconds: float) -> None:
    paced = pace(seconds)
    assert paced.calm_s + paced.scenario_s + paced.watch_s + paced.second_watch_s <= seconds - 5
    assert paced.scenario_s >= 1.5
    assert paced.calm_s > 0


@pytest.mark.parametrize("seconds", [15, 20, 60])
def test_that_a_canary_is_watched_as_long_as_dying_again_takes(seconds: float) -> None:
    paced = pace(seconds)
    assert paced.watch_s >= DIES_AGAIN_S
    assert paced.second_watch_s == 0 or paced.second_watch_s >= DIES_AGAIN_S


@pytest.mark.parametrize("seconds", [SHORTEST_S - 0.1, 0, -1, math.nan])
def test_that_too_short_a_story_is_refused(seconds: float) -> None:
    with pytest.raises(ConfigError, match="at least 15 s"):
        pace(seconds)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (DemoOptions(broker="carrier-pigeon"), "Known are nats"),
        (DemoOptions(scenario="fire"), "Known are poison"),
        (DemoOptions(headless=True, for_s=3), "at least 15 s"),
    ],
)
def test_that_options_that_make_no_sense_are_refused(options: DemoOptions, text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        check(options)


@pytest.mark.parametrize("options", [DemoOptions(), DemoOptions(for_s=3), DemoOptions(headless=True)])
def test_that_ordinary_options_are_taken(options: DemoOptions) -> None:
    check(options)


def test_that_the_report_is_one_line_with_its_documented_keys() -> None:
    report = DemoReport(
        "nats", produced=900, dead=40, came_back=3, redriven=39, left=1, pictures=("run-dark.png",)
    )
    text = report.document()
    assert "\n" not in text
    assert json.loads(text) == {
        "schema": 1,
        "broker": "nats",
        "produced": 900,
        "dead": 40,
        "came_back": 3,
        "redriven": 39,
        "left": 1,
        "pictures": ["run-dark.png"],
    }
