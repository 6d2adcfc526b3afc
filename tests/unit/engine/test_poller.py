"""The schedule: jittered, one at a time, bounded; and how long to wait after a failure."""

import asyncio
from array import array
from collections.abc import Callable
from random import Random

import pytest

from adapters.api import (
    BrokerError,
    Column,
    ConfigError,
    Denied,
    Disconnected,
    LoginError,
    Measure,
    RedriveError,
    Sweep,
)
from dashboard.engine.backoff import Backoff
from dashboard.engine.poller import Poller, Schedule
from tests.helpers.clocks import FakeClock


class Trial:
    """A poller on a clock of its own; each turn of `answers` says what a sweep does, the end stops it."""

    def __init__(self, *answers: Callable[["Trial"], None]) -> None:
        self.clock = FakeClock()
        self.began: list[float] = []
        self.read: list[float] = []
        self.missed: list[RedriveError] = []
        self._answers = list(answers)
        self._poller = Poller(self._sweep, Schedule(5, 10), self.clock, Random(1), self._sleep)

    async def _sweep(self) -> Sweep:
        if not self._answers:
            raise Disconnected("the end")
        self.began.append(self.clock.monotonic())
        self._answers.pop(0)(self)
        return Sweep(self.clock.now(), 0, ("a",), {Measure.DEPTH: Column(array("d", [1]))})

    async def _sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.clock.advance(seconds)
        await asyncio.sleep(0)

    async def run(self) -> RedriveError:
        async def on_sweep(_: Sweep, began: float) -> None:
            self.read.append(began)

        with pytest.raises(RedriveError) as caught:
            await self._poller.run(on_sweep, self.missed.append)
        return caught.value


def answers(_: Trial) -> None: ...


def takes(seconds: float) -> Callable[[Trial], None]:
    return lambda trial: trial.clock.advance(seconds)


def fails(error: Exception) -> Callable[[Trial], None]:
    def act(_: Trial) -> None:
        raise error

    return act


async def test_that_readings_come_each_interval_and_the_jitter_does_not_add_up() -> None:
    trial = Trial(*[answers] * 100)
    await trial.run()
    assert trial.read == trial.began
    late = [at - 5 * turn for turn, at in enumerate(trial.began)]
    assert max(map(abs, late)) <= 0.25
    assert len({round(value, 6) for value in late}) > 50


async def test_that_a_slow_reading_leaves_out_the_turns_it_covered() -> None:
    trial = Trial(takes(12), answers, answers)
    await trial.run()
    assert trial.began[0] == 0
    assert trial.began[1] == pytest.approx(12, abs=0.3)
    assert trial.began[2] == pytest.approx(17, abs=0.3)


async def test_that_one_answer_with_an_error_is_a_miss_and_reading_goes_on() -> None:
    trial = Trial(answers, fails(Denied("No.")), answers, fails(BrokerError("Busy.")), answers)
    assert (await trial.run()).message == "the end"
    assert [error.message for error in trial.missed] == ["No.", "Busy."]
    assert len(trial.read) == 3


async def test_that_the_third_miss_in_a_row_ends_it() -> None:
    trial = Trial(answers, *[fails(Denied("No."))] * 5)
    assert (await trial.run()).message == "No."
    assert len(trial.missed) == 3


async def test_that_a_broken_connection_ends_it_at_once() -> None:
    trial = Trial(answers, fails(Disconnected("Cut.")), answers)
    assert (await trial.run()).message == "Cut."
    assert trial.missed == []


async def test_that_silence_is_a_miss() -> None:
    clock = FakeClock()
    missed: list[RedriveError] = []

    async def silent() -> Sweep:
        await asyncio.Event().wait()
        raise AssertionError

    async def on_sweep(_: Sweep, __: float) -> None:
        raise AssertionError

    async def no_sleep(_: float) -> None: ...

    poller = Poller(silent, Schedule(5, 0.01), clock, Random(1), no_sleep)
    with pytest.raises(Disconnected, match=r"No answer within 0\.01 s\."):
        await poller.run(on_sweep, missed.append)
    assert len(missed) == 3


def test_that_waiting_doubles_to_its_bound_and_is_spread() -> None:
    backoff, random = Backoff(first_s=1, most_s=30), Random(2)
    for failures, most in ((1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (10_000, 30)):
        waits = [backoff.wait_s(failures, Disconnected(""), random) or 0 for _ in range(50)]
        assert all(most / 2 <= wait <= most for wait in waits)
        assert len(set(waits)) > 40


def test_that_a_refused_login_waits_long_and_a_mistake_waits_for_a_person() -> None:
    assert (Backoff().wait_s(1, LoginError(""), Random(1)) or 0) >= 30
    assert Backoff().wait_s(1, ConfigError(""), Random(1)) is None
