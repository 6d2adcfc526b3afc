"""Acting by command line: redrive, purge and restore against a real server, checked by a plain client."""

import signal

import pytest
from nats.aio.msg import Msg

from tests.helpers.dead_orders import (
    ORIGIN,
    SOURCE,
    TARGET,
    Raw,
    body_of,
    connected,
    contents,
    headers_of,
    seed,
)
from tests.helpers.nats_server import NatsServer
from tests.helpers.program import Redrive
from tests.helpers.until import until

COUNT = 60
RUN_KEYS = [
    "schema",
    "run",
    "state",
    "frozen",
    "planned",
    "sending",
    "moved",
    "kept",
    "gone",
    "unknown",
    "returned",
    "left_behind",
    "seconds",
]


@pytest.fixture
async def held(server: NatsServer) -> list[Raw]:
    async with connected(server.url) as (_, js):
        await seed(js, COUNT)
        return await contents(js, SOURCE)


def application(headers: dict[str, str]) -> dict[str, str]:
    """The headers that are not ours."""
    return {name: value for name, value in headers.items() if not name.startswith(("redrive-", "Nats-"))}


async def read(server: NatsServer, stream: str) -> list[Raw]:
    async with connected(server.url) as (_, js):
        return await contents(js, stream)


async def test_that_a_run_moves_everything_byte_exact(
    redrive: Redrive, server: NatsServer, held: list[Raw]
) -> None:
    ended = await redrive("run", server.url, SOURCE, "--json")
    assert ended.code == 0, ended.err
    assert list(ended.json) == RUN_KEYS
    assert (ended.json["state"], ended.json["frozen"], ended.json["moved"]) == ("done", COUNT, COUNT)
    assert await read(server, SOURCE) == []
    arrived = await read(server, ORIGIN)
    assert [raw.body for raw in arrived] == [raw.body for raw in held]
    assert [application(raw.headers) for raw in arrived] == [raw.headers for raw in held]
    assert {raw.subject for raw in arrived} == {TARGET}
    assert len({raw.headers["redrive-run"] for raw in arrived}) == COUNT


async def test_that_a_dry_run_tells_and_changes_nothing(
    redrive: Redrive, server: NatsServer, held: list[Raw]
) -> None:
    ended = await redrive("run", server.url, SOURCE, "--dry-run", "--json")
    assert ended.code == 0, ended.err
    plan = ended.json["plan"]
    assert list(plan) == ["frozen", "targets", "guarantee", "warnings", "side_effects"]
    assert plan["frozen"] == COUNT
    assert [(target["target"], target["count"]) for target in plan["targets"]] == [(TARGET, COUNT)]
    assert plan["guarantee"].startswith("At least once.")
    assert await read(server, SOURCE) == held
    assert await read(server, ORIGIN) == []
    assert (await redrive("runs", "ls", "--json")).json["runs"] == []


async def test_that_only_the_chosen_move(redrive: Redrive, server: NatsServer, held: list[Raw]) -> None:
    where = await redrive("run", server.url, SOURCE, "--where", "cause:TimeoutError", "--json")
    assert (where.code, where.json["moved"]) == (0, COUNT // 4), where.err
    ids = await redrive("run", server.url, SOURCE, "--ids", "-", "--json", stdin=b"1\n2\n3\n")
    assert (ids.code, ids.json["moved"]) == (0, 3), ids.err
    left = [raw for raw in held if raw.seq % 4 and raw.seq > 3]
    assert await read(server, SOURCE) == left
    assert (await redrive("run", server.url, SOURCE, "--ids", "-", stdin=b"1\n5\n")).code == 2
    assert await read(server, SOURCE) == left


async def test_that_to_names_the_subject(redrive: Redrive, server: NatsServer, held: list[Raw]) -> None:
    ended = await redrive("run", server.url, SOURCE, "--to", "orders.again", "--json")
    assert (ended.code, ended.json["moved"]) == (0, COUNT), ended.err
    assert {raw.subject for raw in await read(server, ORIGIN)} == {"orders.again"}


async def test_that_a_target_without_a_stream_is_refused(
    redrive: Redrive, server: NatsServer, held: list[Raw]
) -> None:
    ended = await redrive("run", server.url, SOURCE, "--to", "nobody.listens", "--json")
    assert ended.code == 4, ended.err
    assert ended.err.count("\n") == 1
    assert await read(server, SOURCE) == held


async def test_that_no_origin_and_no_target_is_wrong_usage(redrive: Redrive, server: NatsServer) -> None:
    async with connected(server.url) as (_, js):
        await js.add_stream(name="DLQ", subjects=["dlq"])
        await js.publish("dlq", b"lost")
    ended = await redrive("run", server.url, "DLQ")
    assert ended.code == 2, ended.err
    assert "--to" in ended.err


async def test_that_production_is_read_only_and_asks_for_its_name(
    redrive: Redrive, server: NatsServer, held: list[Raw]
) -> None:
    production = ("run", server.url, SOURCE, "--env", "production")
    assert (await redrive(*production)).code == 4
    unnamed = await redrive(*production, "--write")
    assert unnamed.code == 4
    assert f"--confirm 127.0.0.1:{server.port}" in unnamed.err
    assert (await redrive(*production, "--write", "--confirm", "wrong")).code == 4
    assert await read(server, SOURCE) == held
    named = await redrive(*production, "--write", "--confirm", f"127.0.0.1:{server.port}", "--json")
    assert (named.code, named.json["moved"]) == (0, COUNT), named.err


async def test_that_ctrl_c_pauses_and_resume_ends_the_run(
    redrive: Redrive, server: NatsServer, held: list[Raw]
) -> None:
    process = await redrive.start("run", server.url, SOURCE, "--rate", "20", "--json")

    async def some_arrived() -> bool:
        return len(await read(server, ORIGIN)) >= 3

    await until(some_arrived, within=30)
    process.send_signal(signal.SIGINT)
    ended = await redrive.end(process)
    assert ended.code == 6, ended.err
    assert ended.json["state"] == "paused"
    assert ended.json["sending"] == 0
    assert ended.json["planned"] + ended.json["moved"] == COUNT
    assert "redrive runs resume R-0001" in ended.err
    assert len(await read(server, ORIGIN)) == ended.json["moved"]
    assert (await redrive("runs", "rate", "R-0001", "none")).code == 0
    resumed = await redrive("runs", "resume", "R-0001", "--json")
    assert (resumed.code, resumed.json["moved"]) == (0, COUNT), resumed.err
    assert [raw.body for raw in await read(server, ORIGIN)] == [raw.body for raw in held]
    again = await redrive("runs", "resume", "R-0001", "--json")
    assert (again.code, again.json["state"]) == (0, "done")


async def test_that_a_second_process_pauses_speeds_up_and_cancels(
    redrive: Redrive, server: NatsServer, held: list[Raw]
) -> None:
    process = await redrive.start("run", server.url, SOURCE, "--rate", "2", "--json")

    async def begun() -> bool:
        return len(await read(server, ORIGIN)) > 0

    await until(begun, within=30)
    assert (await redrive("runs", "pause", "R-0001")).code == 0
    paused = await redrive.end(process)
    assert (paused.code, paused.json["state"]) == (6, "paused"), paused.err
    process = await redrive.start("runs", "resume", "R-0001", "--json")

    async def running() -> bool:
        shown = await redrive("runs", "show", "R-0001", "--json")
        return bool(shown.json["state"] == "running")

    await until(running, within=30)
    assert (await redrive("runs", "cancel", "R-0001")).code == 0
    ended = await redrive.end(process)
    assert (ended.code, ended.json["state"]) == (1, "cancelled"), ended.err
    assert ended.json["moved"] + ended.json["kept"] == COUNT
    assert len(await read(server, SOURCE)) == ended.json["kept"]


async def test_that_the_report_has_a_line_a_message(
    redrive: Redrive, server: NatsServer, held: list[Raw]
) -> None:
    await redrive("run", server.url, SOURCE)
    lines = (await redrive("runs", "report", "R-0001")).lines
    assert [line["id"] for line in lines] == [str(raw.seq) for raw in held]
    assert {(line["outcome"], line["original"], line["sent"]) for line in lines} == {("moved", "removed", 1)}
    shown = (await redrive("runs", "show", "R-0001", "--json")).json
    assert list(shown) == RUN_KEYS
    listed = (await redrive("runs", "--json")).json["runs"]
    assert [item["run"] for item in listed] == ["R-0001"]


async def test_that_a_purge_is_archived_and_restored(
    redrive: Redrive, server: NatsServer, held: list[Raw]
) -> None:
    ended = await redrive("purge", server.url, SOURCE, "--json")
    assert ended.code == 0, ended.err
    document = ended.json
    assert (document["frozen"], document["archived"], document["removed"]) == (COUNT, COUNT, COUNT)
    assert await read(server, SOURCE) == []
    restored = await redrive("restore", document["archive"], "--json")
    assert restored.code == 0, restored.err
    assert restored.json == {"schema": 1, "restored": COUNT, "kept": 0, "unknown": 0}
    back = await read(server, SOURCE)
    assert [raw.body for raw in back] == [raw.body for raw in held]
    assert [application(raw.headers) for raw in back] == [application(raw.headers) for raw in held]
    listed = (await redrive("restore", "--list", "--json")).json["archives"]
    assert [(one["name"], one["held"], one["restored"], one["whole"]) for one in listed] == [
        (document["archive"], COUNT, COUNT, True)
    ]
    again = await redrive("restore", document["archive"])
    assert again.code == 2
    assert "were restored already (R-0002)" in again.err


async def test_that_a_restore_goes_where_it_is_told(
    redrive: Redrive, server: NatsServer, held: list[Raw]
) -> None:
    archive = (await redrive("purge", server.url, SOURCE, "--where", "cause:TimeoutError", "--json")).json[
        "archive"
    ]
    restored = await redrive("restore", archive, "--to", server.url, "orders.restored", "--json")
    assert (restored.code, restored.json["restored"]) == (0, COUNT // 4), restored.err
    assert {raw.subject for raw in await read(server, ORIGIN)} == {"orders.restored"}
    assert len(await read(server, SOURCE)) == COUNT - COUNT // 4


async def test_that_a_purge_in_staging_asks_for_the_name(
    redrive: Redrive, server: NatsServer, held: list[Raw]
) -> None:
    ended = await redrive("purge", server.url, SOURCE, "--env", "staging")
    assert ended.code == 4
    assert await read(server, SOURCE) == held


async def test_that_a_whole_source_is_purged_by_the_broker(
    redrive: Redrive, server: NatsServer, held: list[Raw]
) -> None:
    ended = await redrive("purge", server.url, SOURCE, "--no-archive", "--json")
    assert ended.code == 0, ended.err
    assert (ended.json["archived"], ended.json["archive"]) == (0, None)
    assert await read(server, SOURCE) == []


async def test_that_a_canary_that_comes_back_stops_the_run(redrive: Redrive, server: NatsServer) -> None:
    async with connected(server.url) as (client, js):
        await seed(js, 20)
        died: list[Msg] = []

        async def die_again(message: Msg) -> None:
            died.append(message)
            headers = message.headers or {}
            kept = {name: value for name, value in headers.items() if not name.startswith("Nats-")}
            await js.publish("dlq.orders.new", message.data, headers=kept)

        await client.subscribe("orders.>", cb=die_again)
        ended = await redrive("run", server.url, SOURCE, "--canary", "2", "--watch", "5", "--json")
        assert ended.code == 6, ended.err
        assert (ended.json["state"], ended.json["planned"]) == ("stopped", 18)
        assert ended.json["returned"] >= 1
        assert len(died) == 2


def test_that_the_seed_covers_every_byte_and_two_causes() -> None:
    assert {len(body_of(number)) for number in range(COUNT)} >= {0, 256}
    assert {headers_of(number)["x-exception"] for number in range(4)} == {"TimeoutError", "ValidationError"}
