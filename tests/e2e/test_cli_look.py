"""Looking by command line: what is printed is what a plain client reads, and nothing is changed by it."""

import asyncio
import base64
import json
import signal
from collections import Counter

import pytest

from tests.helpers.dead_orders import EVERY_BYTE, ORIGIN, SOURCE, TRACE, Raw, connected, contents, seed
from tests.helpers.nats_server import NatsServer
from tests.helpers.program import Redrive

COUNT = 40


@pytest.fixture
async def held(server: NatsServer) -> list[Raw]:
    async with connected(server.url) as (_, js):
        await seed(js, COUNT)
        await js.publish("orders.new", b"alive")
        return await contents(js, SOURCE)


async def test_that_ls_agrees_with_the_server(redrive: Redrive, server: NatsServer, held: list[Raw]) -> None:
    ended = await redrive("ls", server.url, "--json")
    assert ended.code == 0, ended.err
    document = ended.json
    assert document["schema"] == 1
    assert document["connection"] == f"127.0.0.1:{server.port}"
    found = {item["name"]: item for item in document["resources"]}
    assert found[SOURCE]["measures"]["depth"] == len(held)
    assert found[SOURCE]["dead_letters_of"] == [ORIGIN]
    assert found[ORIGIN]["measures"]["depth"] == 1
    assert found[ORIGIN]["dead_letters_of"] is None
    for item in document["resources"]:
        assert set(item["unknown"]) == {name for name, value in item["measures"].items() if value is None}
        assert all(item["unknown"].values())


async def test_that_watch_once_is_one_document(redrive: Redrive, server: NatsServer, held: list[Raw]) -> None:
    ended = await redrive("watch", server.url, "--once", "--json")
    assert ended.code == 0, ended.err
    assert {item["name"] for item in ended.json["resources"]} >= {SOURCE, ORIGIN}


async def test_that_watch_prints_a_document_a_sweep_until_ctrl_c(
    redrive: Redrive, server: NatsServer, held: list[Raw]
) -> None:
    process = await redrive.start("watch", server.url, "--every", "0.3", "--json")
    assert process.stdout is not None
    lines = [json.loads(await asyncio.wait_for(process.stdout.readline(), 30)) for _ in range(3)]
    process.send_signal(signal.SIGINT)
    ended = await redrive.end(process)
    assert ended.code == 0, ended.err
    rates = [
        item["measures"]["in_rate"] for line in lines for item in line["resources"] if item["name"] == ORIGIN
    ]
    assert rates[0] is None
    assert rates[-1] == 0


async def test_that_dead_ls_agrees_with_the_server(
    redrive: Redrive, server: NatsServer, held: list[Raw]
) -> None:
    ended = await redrive("dead", "ls", server.url, SOURCE, "--json")
    assert ended.code == 0, ended.err
    document = ended.json
    assert document["count"] == COUNT
    assert [item["id"] for item in document["items"]] == [str(raw.seq) for raw in held]
    assert [item["size"] for item in document["items"]] == [len(raw.body) for raw in held]
    assert {item["trace_id"] for item in document["items"]} == {TRACE}
    some = (await redrive("dead", "ls", server.url, SOURCE, "--json", "--limit", "3")).json
    assert (some["count"], len(some["items"])) == (COUNT, 3)


async def test_that_a_query_narrows_the_list(redrive: Redrive, server: NatsServer, held: list[Raw]) -> None:
    for where, count in (
        ("cause:TimeoutError", COUNT // 4),
        ("-cause:TimeoutError", COUNT - COUNT // 4),
        ("size:0", COUNT // 10),
        ("body.order:>30 header.tenant:t-1", 3),
    ):
        document = (await redrive("dead", "ls", server.url, SOURCE, "--json", "--where", where)).json
        assert document["count"] == count, where


async def test_that_groups_add_up(redrive: Redrive, server: NatsServer, held: list[Raw]) -> None:
    document = (await redrive("dead", "groups", server.url, SOURCE, "--json")).json
    assert document["count"] == COUNT
    assert sorted(group["count"] for group in document["groups"]) == [COUNT // 4, COUNT - COUNT // 4]
    items = (await redrive("dead", "ls", server.url, SOURCE, "--json")).json["items"]
    counted = Counter(item["cause"] for item in items)
    assert {group["cause"]: group["count"] for group in document["groups"]} == counted
    assert all(group["title"] and group["first_at"] <= group["last_at"] for group in document["groups"])


async def test_that_show_gives_the_bytes(redrive: Redrive, server: NatsServer, held: list[Raw]) -> None:
    for raw in held[:3]:
        ended = await redrive("dead", "show", server.url, SOURCE, str(raw.seq), "--raw")
        assert (ended.code, ended.out, ended.err) == (0, raw.body, "")
    document = (await redrive("dead", "show", server.url, SOURCE, "1", "--json")).json
    assert base64.b64decode(document["body_base64"]) == EVERY_BYTE
    assert {header["name"]: header["value"] for header in document["headers"]} == held[0].headers


async def test_that_an_export_holds_all(redrive: Redrive, server: NatsServer, held: list[Raw]) -> None:
    lines = (await redrive("dead", "export", server.url, SOURCE)).lines
    assert [line["id"] for line in lines] == [str(raw.seq) for raw in held]
    for line, raw in zip(lines, held, strict=True):
        body = base64.b64decode(line["body_base64"]) if "body_base64" in line else line["body"].encode()
        assert body == raw.body
    csv = await redrive("dead", "export", server.url, SOURCE, "--format", "csv")
    assert csv.code == 0
    assert csv.out.startswith(b"id,at,cause,")


async def test_that_looking_changes_nothing(redrive: Redrive, server: NatsServer, held: list[Raw]) -> None:
    for args in (
        ("ls", server.url),
        ("dead", "ls", server.url, SOURCE),
        ("dead", "groups", server.url, SOURCE),
        ("dead", "show", server.url, SOURCE, "3"),
        ("run", server.url, SOURCE, "--dry-run"),
        ("connections",),
        ("doctor",),
    ):
        ended = await redrive(*args)
        assert ended.code == 0, (args, ended.err)
    async with connected(server.url) as (_, js):
        assert await contents(js, SOURCE) == held
        assert (await js.stream_info(SOURCE)).state.consumer_count == 0


async def test_that_escapes_never_reach_the_terminal(redrive: Redrive, server: NatsServer) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202etxt.exe"
    async with connected(server.url) as (_, js):
        await js.add_stream(name=SOURCE, subjects=["dlq.orders.>"])
        await js.publish(
            "dlq.orders.new",
            evil.encode(),
            headers={
                "x-exception": f"Bad{evil}",
                "x-error": evil,
                "x-original-subject": f"orders.{evil[1:4]}",
            },
        )
    for args in (
        ("dead", "ls", server.url, SOURCE),
        ("dead", "groups", server.url, SOURCE),
        ("dead", "show", server.url, SOURCE, "1"),
        ("dead", "ls", server.url, SOURCE, "--json"),
        ("dead", "export", server.url, SOURCE),
        ("run", server.url, SOURCE, "--dry-run", "--to", "orders.new"),
    ):
        ended = await redrive(*args)
        shown = ended.out + ended.err.encode()
        for bad in (b"\x1b", b"\x07", "\u202e".encode()):
            assert bad not in shown, args
