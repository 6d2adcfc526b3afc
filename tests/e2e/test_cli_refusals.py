"""What a run must not do: found in the plan and refused, or kept one by one with its reason."""

from collections import Counter
from typing import Any

import pytest
from nats.js.api import DiscardPolicy, StreamConfig

from tests.helpers.dead_orders import ORIGIN, SOURCE, TARGET, connected, contents, seed
from tests.helpers.nats_server import NatsServer, nats_server
from tests.helpers.program import Redrive

COUNT = 12
MIB = 1024 * 1024

ACCOUNT = """
max_payload: 9MB
accounts {
  SHOP: {
    jetstream: enabled
    users: [
      { user: all, password: all }
      { user: publisher, password: publisher, permissions: {
          publish: { deny: ["$JS.API.STREAM.MSG.DELETE.>", "$JS.API.STREAM.PURGE.>"] } } }
      { user: watcher, password: watcher, permissions: {
          publish: { allow: ["$JS.API.INFO", "$JS.API.STREAM.>", "$JS.API.CONSUMER.>", "$JS.API.DIRECT.>", "_INBOX.>"],
                     deny: ["$JS.API.STREAM.MSG.DELETE.>", "$JS.API.STREAM.PURGE.>", "$JS.API.STREAM.DELETE.>"] } } }
    ]
  }
}
"""


async def untouched(server_url: str, before: list[Any]) -> None:
    async with connected(server_url) as (_, js):
        assert await contents(js, SOURCE) == before
        assert await contents(js, ORIGIN) == []


async def test_that_a_loop_is_refused(redrive: Redrive, server: NatsServer) -> None:
    async with connected(server.url) as (_, js):
        await seed(js, COUNT)
        before = await contents(js, SOURCE)
    ended = await redrive("run", server.url, SOURCE, "--to", "dlq.orders.new")
    assert ended.code == 4, ended.err
    assert ended.err.count("\n") == 1
    await untouched(server.url, before)


async def test_that_a_source_that_denies_removal_is_refused(redrive: Redrive, server: NatsServer) -> None:
    async with connected(server.url) as (_, js):
        await js.add_stream(name=ORIGIN, subjects=["orders.>"])
        await js.add_stream(StreamConfig(name=SOURCE, subjects=["dlq.orders.>"], deny_delete=True))
        await js.publish("dlq.orders.new", b"stays", headers={"X-Original-Subject": TARGET})
        before = await contents(js, SOURCE)
    for args in (("run",), ("run", "--dry-run"), ("purge",)):
        ended = await redrive(args[0], server.url, SOURCE, *args[1:])
        assert ended.code == 4, ended.err
    await untouched(server.url, before)


@pytest.mark.parametrize(
    "limits",
    [{"max_msgs": 5, "discard": DiscardPolicy.NEW}, {"max_msg_size": 300}],
    ids=["full", "too small"],
)
async def test_that_what_the_target_does_not_take_is_kept(
    redrive: Redrive, server: NatsServer, limits: dict[str, Any]
) -> None:
    async with connected(server.url) as (_, js):
        await seed(js, COUNT)
        await js.delete_stream(ORIGIN)
        await js.add_stream(StreamConfig(name=ORIGIN, subjects=["orders.>"], **limits))
        before = await contents(js, SOURCE)
        ended = await redrive("run", server.url, SOURCE, "--json")
        assert ended.code in {1, 4, 6}, ended.err
        assert ended.err
        left, arrived = await contents(js, SOURCE), await contents(js, ORIGIN)
        assert Counter(raw.body for raw in arrived + left) == Counter(raw.body for raw in before)
        assert len(left) + len(arrived) == COUNT
        assert left
        if ended.code == 1:
            assert (ended.json["moved"], ended.json["kept"]) == (len(arrived), len(left))


async def test_that_an_account_that_may_not_remove_is_refused(redrive: Redrive, tmp_path: Any) -> None:
    with nats_server(tmp_path / "nats", config=ACCOUNT) as server:
        free = f"nats://all:all@127.0.0.1:{server.port}"
        async with connected(free) as (_, js):
            await seed(js, COUNT)
            before = await contents(js, SOURCE)
        bound = f"nats://publisher:publisher@127.0.0.1:{server.port}"
        ended = await redrive("run", bound, SOURCE)
        assert ended.code == 4, ended.err
        await untouched(free, before)


async def test_that_an_account_that_may_only_look_can_look(redrive: Redrive, tmp_path: Any) -> None:
    with nats_server(tmp_path / "nats", config=ACCOUNT) as server:
        free = f"nats://all:all@127.0.0.1:{server.port}"
        async with connected(free) as (_, js):
            await seed(js, COUNT)
            before = await contents(js, SOURCE)
        bound = f"nats://watcher:watcher@127.0.0.1:{server.port}"
        listed = await redrive("dead", "ls", bound, SOURCE, "--json")
        assert (listed.code, listed.json["count"]) == (0, COUNT), listed.err
        ended = await redrive("run", bound, SOURCE)
        assert ended.code == 4, ended.err
        await untouched(free, before)


async def test_that_the_largest_and_the_strangest_arrive_whole(redrive: Redrive, tmp_path: Any) -> None:
    with nats_server(tmp_path / "nats", config=ACCOUNT) as server:
        url = f"nats://all:all@127.0.0.1:{server.port}"
        bodies = [bytes(8 * MIB), b"", bytes(range(256)) * 4, b"\xff\xfe\x00"]
        async with connected(url) as (_, js):
            await js.add_stream(name=ORIGIN, subjects=["orders.>"])
            await js.add_stream(name=SOURCE, subjects=["dlq.orders.>"])
            for body in bodies:
                odd = {"X-Original-Subject": TARGET, "note": "\u202e ✓ \x1b[31m", "x-error": "bad"}
                await js.publish("dlq.orders.new", body, headers=odd)
            before = await contents(js, SOURCE)
            shown = await redrive("dead", "show", url, SOURCE, "1", "--raw")
            assert shown.out == bodies[0]
            ended = await redrive("run", url, SOURCE, "--json")
            assert ended.code == 0, ended.err
            arrived = await contents(js, ORIGIN)
            assert [raw.body for raw in arrived] == bodies
            for was, now in zip(before, arrived, strict=True):
                assert was.headers.items() <= now.headers.items()


async def test_that_a_deleted_source_ends_with_2(redrive: Redrive, server: NatsServer) -> None:
    async with connected(server.url) as (_, js):
        await seed(js, COUNT)
        assert (await redrive("dead", "ls", server.url, SOURCE)).code == 0
        await js.delete_stream(SOURCE)
    ended = await redrive("run", server.url, SOURCE)
    assert ended.code == 2, ended.err
    assert SOURCE in ended.err
