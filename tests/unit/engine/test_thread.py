"""The engine's thread: starts, answers, tells what nobody awaited, and ends in bounded time."""

import asyncio
import threading
import time
from concurrent.futures import CancelledError
from typing import Any

import pytest

from dashboard.engine.thread import EngineThread


async def answer(value: int) -> int:
    await asyncio.sleep(0)
    return value


def test_that_work_runs_on_the_thread_and_its_result_comes_back() -> None:
    engine = EngineThread("engine under test")
    engine.start()

    async def name() -> str:
        return threading.current_thread().name

    assert engine.submit(answer(7)).result(5) == 7
    assert engine.submit(name()).result(5) == "engine under test"
    assert engine.stop()
    assert engine.stop()


def test_that_stopping_lets_the_last_work_run_and_cancels_the_rest() -> None:
    engine = EngineThread()
    engine.start()
    ended: list[str] = []

    async def long() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("long")

    async def last() -> None:
        ended.append("last")

    under_way = engine.submit(long())
    engine.submit(answer(0)).result(5)
    assert engine.stop(last)
    assert ended == ["last", "long"]
    with pytest.raises(CancelledError):
        under_way.result(5)


def test_that_stopping_is_bounded_when_closing_and_a_task_both_hang() -> None:
    engine = EngineThread()
    engine.start()
    release = threading.Event()

    async def hang() -> None:
        await asyncio.Event().wait()

    async def blocked() -> None:
        await asyncio.to_thread(release.wait)

    engine.submit(blocked())
    began = time.monotonic()
    engine.stop(hang)
    assert time.monotonic() - began < 5
    release.set()


def test_that_work_after_the_end_is_refused_and_not_left_unawaited() -> None:
    engine = EngineThread()
    engine.start()
    engine.stop()
    with pytest.raises(RuntimeError, match="ended"):
        engine.submit(answer(1)).result(0)


def test_that_an_error_which_nobody_awaits_is_told() -> None:
    told: list[dict[str, Any]] = []
    arrived = threading.Event()

    def on_trouble(context: dict[str, Any]) -> None:
        told.append(context)
        arrived.set()

    engine = EngineThread(on_trouble=on_trouble)
    engine.start()

    async def careless() -> None:
        asyncio.get_running_loop().call_soon(lambda: 1 // 0)

    engine.submit(careless()).result(5)
    assert arrived.wait(5)
    engine.stop()
    assert isinstance(told[0]["exception"], ZeroDivisionError)


def test_that_an_error_in_closing_is_told_and_the_thread_ends() -> None:
    told: list[dict[str, Any]] = []
    engine = EngineThread(on_trouble=told.append)
    engine.start()

    async def last() -> None:
        raise ValueError("disk gone")

    assert engine.stop(last)
    assert str(told[0]["exception"]) == "disk gone"


def test_that_it_cannot_be_started_twice() -> None:
    engine = EngineThread()
    engine.start()
    with pytest.raises(RuntimeError):
        engine.start()
    engine.stop()
