"""The loop without a window: what a signal does to the work under way."""

import os
import signal

import pytest

from dashboard.engine.headless import Interrupted, Stop, run


def test_that_the_result_is_handed_back() -> None:
    async def main(stop: Stop) -> int:
        return 0 if stop.asked else 7

    assert run(main) == 7


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_that_a_signal_cancels_work_that_does_not_listen(number: signal.Signals) -> None:
    ended = []

    async def main(stop: Stop) -> None:
        os.kill(os.getpid(), number)
        try:
            await stop.wait(30)
            await stop.wait(30)
        finally:
            ended.append(True)

    with pytest.raises(Interrupted) as caught:
        run(main)
    assert caught.value.number == number
    assert ended == [True]


def test_that_work_that_listens_ends_in_its_own_order() -> None:
    async def main(stop: Stop) -> str:
        with stop.listening():
            os.kill(os.getpid(), signal.SIGINT)
            assert await stop.wait(30)
            return "paused"

    assert run(main) == "paused"


def test_that_a_second_signal_cancels_work_that_listens() -> None:
    async def main(stop: Stop) -> None:
        with stop.listening():
            os.kill(os.getpid(), signal.SIGINT)
            assert await stop.wait(30)
            os.kill(os.getpid(), signal.SIGINT)
            while True:
                await stop.elapse(30)

    with pytest.raises(Interrupted):
        run(main)


def test_that_the_handlers_are_given_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)

    async def main(stop: Stop) -> bool:
        return await stop.wait(0.01)

    assert run(main) is False
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
