"""News between threads: conflated, never reordered for a key, one wake."""

import asyncio
import threading

from dashboard.engine.mailbox import Mailbox


def test_that_a_later_value_of_a_key_replaces_the_earlier() -> None:
    box = Mailbox()
    box.post("fleet", 1)
    box.post(("run", "a"), 2)
    box.post("fleet", 3)
    assert list(box.drain(10).items()) == [("fleet", 3), (("run", "a"), 2)]
    assert box.drain(10) == {}


def test_that_a_budget_leaves_the_rest_for_the_next_drain() -> None:
    box = Mailbox()
    for number in range(5):
        box.post(("run", number), number)
    assert list(box.drain(2).values()) == [0, 1]
    assert len(box) == 3
    assert list(box.drain(5).values()) == [2, 3, 4]


def test_that_one_wake_stands_for_all_posts_until_the_box_is_empty() -> None:
    box = Mailbox()
    wakes: list[int] = []
    box.post("fleet", 0)
    box.on_news(lambda: wakes.append(1))
    assert len(wakes) == 1
    box.post("fleet", 1)
    box.post("inbox", 2)
    assert len(wakes) == 1
    box.drain(10)
    box.post("fleet", 3)
    assert len(wakes) == 2
    box.on_news(None)
    box.drain(10)
    box.post("fleet", 4)
    assert len(wakes) == 2


def test_that_posts_from_many_threads_leave_the_last_value_of_each() -> None:
    box = Mailbox()

    def post(name: int) -> None:
        for value in range(2_000):
            box.post(("run", name), value)

    threads = [threading.Thread(target=post, args=(name,)) for name in range(4)]
    seen: dict[object, list[object]] = {("run", name): [] for name in range(4)}
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or len(box):
        for key, value in box.drain(2).items():
            seen[key].append(value)
    for thread in threads:
        thread.join()
    for values in seen.values():
        assert values[-1] == 1_999
        assert values == sorted(values, key=lambda value: int(str(value)))


async def test_that_a_subscriber_waits_for_news_and_gets_all_of_it() -> None:
    box = Mailbox()
    reader = box.subscribe()
    waiting = asyncio.create_task(reader.news())
    await asyncio.sleep(0)
    assert not waiting.done()
    box.post("fleet", 1)
    box.post("fleet", 2)
    assert await waiting == {"fleet": 2}
    await asyncio.to_thread(box.post, "inbox", 3)
    assert await reader.news() == {"inbox": 3}
    reader.close()
    box.post("fleet", 4)
    assert box.drain(10) == {"fleet": 4, "inbox": 3}


def test_that_a_subscriber_whose_loop_has_ended_is_left() -> None:
    box = Mailbox()

    async def subscribe() -> None:
        box.subscribe()

    asyncio.run(subscribe())
    box.post("fleet", 1)
    box.post("fleet", 2)
    assert box.drain(1) == {"fleet": 2}
