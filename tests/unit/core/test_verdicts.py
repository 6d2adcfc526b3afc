"""Verdicts from rings: tables of series and what is said of them."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from dashboard.core.fleet import Verdict
from dashboard.core.verdicts import NEEDED, Judgement, Pasts, judge, stale

NAN = math.nan


@dataclass(frozen=True)
class Case:
    """Depths each 5 s, oldest first; rates as told at the end."""

    name: str
    depth: list[float]
    verdict: Verdict
    why: str
    in_rate: float = NAN
    out_rate: float = NAN
    dead: bool = False
    keeps: bool = False


def noisy(level: float, scatter: float, count: int, slope: float = 0.0) -> list[float]:
    random = np.random.default_rng(7)
    values = level + slope * np.arange(count) + random.normal(0, scatter, count)
    return [float(max(round(value), 0)) for value in values]


SAWTOOTH = [float(value % 6 * 40) for value in range(60)]
BURST = [5.0] * 30 + [1_000.0 - 25 * step for step in range(30)]

CASES = [
    Case("nothing there at all", [], Verdict.NOT_KNOWN, "Not read yet."),
    Case("empty at once", [0], Verdict.EMPTY, "Nothing waits."),
    Case("empty, and nothing comes", [0] * 30, Verdict.EMPTY, "Nothing waits.", in_rate=0, out_rate=0),
    Case("passed at once", [0] * 30, Verdict.STEADY, "12/s pass through, nothing waits.", 12, 12),
    Case("empty now, but fed", [0] * 3, Verdict.NOT_KNOWN, "3 samples.", in_rate=4, out_rate=4),
    Case("one sample", [7], Verdict.NOT_KNOWN, "1 sample."),
    Case("nine samples", [float(n * 100) for n in range(9)], Verdict.NOT_KNOWN, "9 samples."),
    Case("gaps do not count as samples", [1.0, NAN] * 9 + [1.0], Verdict.STEADY, "1 for 1 min 30 s."),
    Case("unknown now", [5.0] * 20 + [NAN], Verdict.NOT_KNOWN, "No permission."),
    Case("the same throughout", [42.0] * 60, Verdict.STEADY, "42 for 4 min 55 s.", 3, 3),
    Case(
        "grows evenly",
        [100.0 + 10 * n for n in range(20)],
        Verdict.GROWING,
        "Up by ≈ 2.0/s for 1 min 35 s.",
        5,
        3,
    ),
    Case("grows through a gap", [100.0 + 10 * n if n % 3 else NAN for n in range(30)], Verdict.GROWING, ""),
    Case("grows since a moment ago", [10.0] * 50 + [10.0 + 30 * n for n in range(10)], Verdict.GROWING, ""),
    Case(
        "drains", [1_000.0 - 10 * n for n in range(60)], Verdict.DRAINING, "Empty in about 3 min 25 s", 0, 2
    ),
    Case("drains after a burst", BURST, Verdict.DRAINING, "Empty in about 55 s at this pace."),
    Case("scatter is no trend", noisy(50, 7, 60), Verdict.STEADY, "Between ", 50, 50),
    Case(
        "two more are no growth", [10.0] * 20 + [11.0] * 20 + [12.0] * 20, Verdict.STEADY, "Between 10 and 12"
    ),
    Case("a tenth of a percent is no growth", [1e6 + 30 * n for n in range(60)], Verdict.STEADY, "Between"),
    Case("batches are no growth", SAWTOOTH, Verdict.STEADY, "Between 0 and 200 for 4 min 55 s."),
    Case("a trend in scatter", noisy(50, 7, 60, slope=2), Verdict.GROWING, "Up "),
    Case("nobody consumes", [10.0 * n for n in range(20)], Verdict.STOPPED, "2.0/s in, nothing out.", 2, 0),
    Case(
        "dead letters are not consumed", [10.0 * n for n in range(20)], Verdict.GROWING, "", 2, 0, dead=True
    ),
    Case("out is unknown, so it is not stopped", [10.0 * n for n in range(20)], Verdict.GROWING, "", 2, NAN),
    Case("a log grows by design", [10.0 * n for n in range(20)], Verdict.STEADY, "A log", 2, 0, keeps=True),
    Case(
        "dead letters in a log do not", [10.0 * n for n in range(20)], Verdict.GROWING, "", 2, 0, True, True
    ),
    Case("drained to the end", [100.0] * 10 + [0.0] * 2, Verdict.EMPTY, "Nothing waits.", 0, 0),
]


def verdict_of(case: Case) -> Judgement:
    count = len(case.depth)
    return judge(
        Pasts(
            times=np.arange(count, dtype=np.float64) * np.float64(5),
            depth=np.array([case.depth], dtype=float),
            in_rate=np.full((1, count), case.in_rate),
            out_rate=np.full((1, count), case.out_rate),
            dead=np.array([case.dead]),
            keeps=np.array([case.keeps]),
            why=["no permission"],
        )
    )[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_that_a_past_gets_its_verdict(case: Case) -> None:
    judgement = verdict_of(case)
    assert judgement.verdict is case.verdict, judgement.why
    assert judgement.why.startswith(case.why)
    assert judgement.why.endswith(".")


def test_that_rows_are_judged_apart() -> None:
    rising = [10.0 * n for n in range(NEEDED)]
    rows = np.array([rising, [5.0] * NEEDED, [NAN] * NEEDED, [0.0] * NEEDED])
    unknown = np.full(rows.shape, NAN)
    pasts = Pasts(
        times=np.arange(NEEDED, dtype=np.float64) * np.float64(5),
        depth=rows,
        in_rate=unknown,
        out_rate=unknown,
        dead=np.zeros(4, dtype=bool),
        keeps=np.zeros(4, dtype=bool),
    )
    verdicts = [judgement.verdict for judgement in judge(pasts)]
    assert verdicts == [Verdict.GROWING, Verdict.STEADY, Verdict.NOT_KNOWN, Verdict.EMPTY]
    assert judge(pasts)[0].slope == pytest.approx(2.0)


def test_that_a_stale_one_says_its_age() -> None:
    assert stale(250).why == "Last read 4 min 10 s ago."
