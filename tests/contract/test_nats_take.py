"""Publishing, taking and settling on a real NATS server, with what can go wrong."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError as JetStreamNotFound

from adapters.api import (
    Adapter,
    BulkJob,
    BulkState,
    ConfigError,
    Copy,
    DeadLetter,
    Disconnected,
    Effect,
    Fate,
    Header,
    Mark,
    MessageRef,
    NotFound,
    Order,
    Outgoing,
    Payload,
    Refused,
    Replaced,
    SourceRef,
    TargetRef,
    Try,
    Unsupported,
    Wanted,
)
from adapters.nats.copies import load_mark
from adapters.nats.headers import build
from adapters.testing.gate import ScriptedGate
from tests.helpers.cut_proxy import cut_proxy
from tests.helpers.nats_server import NatsServer, nats_server
from tests.helpers.nats_world import opened, plain

TARGET = TargetRef("orders.again")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path, config="max_payload: 8500000\n") as found:
        yield found


async def seed(server: NatsServer, count: int, *, target: StreamConfig | None = None) -> None:
    async with plain(server.url) as (_, js):
        await js.add_stream(target or StreamConfig(name="ORDERS", subjects=["orders.>"]))
        await js.add_stream(StreamConfig(name="DEAD", subjects=["dead"]))
        for number in range(count):
            await js.publish(
                "dead", b"body %d" % number, headers={"X-Number": str(number), "Nats-Msg-Id": f"m{number}"}
            )


async def letters_of(adapter: Adapter, name: str = "DEAD") -> tuple[SourceRef, list[DeadLetter]]:
    source = (await adapter.describe(name)).source
    assert source is not None
    found: list[DeadLetter] = []

    async def sink(page: Sequence[DeadLetter]) -> None:
        found.extend(page)

    await adapter.browse(source, sink, start=None, limit=10**6, hold=False)
    return source, found


def wanted(letters: Sequence[DeadLetter], upto: Mark | None = None) -> Wanted:
    return Wanted({it.ref.key: (it.ref,) for it in letters}, upto)


async def bodies(js: JetStreamContext, name: str) -> list[bytes]:
    info = await js.stream_info(name)
    found: list[bytes] = []
    for number in range(max(1, info.state.first_seq), info.state.last_seq + 1):
        try:
            message = await js.get_msg(name, number)
        except JetStreamNotFound:
            continue
        found.append(message.data or b"")
    return found


class TestTake:
    async def test_that_chosen_messages_arrive_and_leave_and_others_stay(self, server: NatsServer) -> None:
        await seed(server, 1200)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            source, letters = await letters_of(adapter)
            gate = ScriptedGate(adapter, TARGET)
            look = await adapter.take(source, wanted(letters[::2]), gate)
            assert (look.met, look.complete) == (600, True)
            assert {it.fate for it in gate.outcomes} == {Fate.MOVED}
            assert {it.original for it in gate.outcomes} == {"removed"}
            assert await bodies(js, "ORDERS") == [b"body %d" % number for number in range(0, 1200, 2)]
            assert await bodies(js, "DEAD") == [b"body %d" % number for number in range(1, 1200, 2)]

    async def test_that_what_the_gate_does_not_keep_stays(self, server: NatsServer) -> None:
        await seed(server, 10)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            source, letters = await letters_of(adapter)
            gate = ScriptedGate(adapter, TARGET, refused=frozenset({"3", "4"}))
            await adapter.take(source, wanted(letters), gate)
            assert await bodies(js, "DEAD") == [b"body 2", b"body 3"]

    async def test_that_a_message_removed_meanwhile_is_not_reported_as_sent(self, server: NatsServer) -> None:
        await seed(server, 4)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            source, letters = await letters_of(adapter)
            await js.delete_msg("DEAD", 2)
            gate = ScriptedGate(adapter, TARGET)
            look = await adapter.take(source, wanted(letters), gate)
            assert (look.met, look.complete) == (3, True)
            assert await bodies(js, "ORDERS") == [b"body 0", b"body 2", b"body 3"]

    async def test_that_a_message_whose_digest_differs_is_left(self, server: NatsServer) -> None:
        await seed(server, 3)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            source, letters = await letters_of(adapter)
            odd = replace(letters[1], ref=MessageRef("2", 0, b"another"))
            gate = ScriptedGate(adapter, TARGET)
            await adapter.take(source, wanted([letters[0], odd, letters[2]]), gate)
            assert await bodies(js, "DEAD") == [b"body 1"]
            left = [it for it in gate.outcomes if it.fate is Fate.KEPT]
            assert [(it.original, it.reason) for it in left] == [("left", "replaced")]

    async def test_that_a_purge_ends_at_its_mark(self, server: NatsServer) -> None:
        await seed(server, 10)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            source, letters = await letters_of(adapter)
            gate = ScriptedGate(adapter, TARGET, order=lambda _: Order.REMOVE)
            await adapter.take(source, wanted(letters, Mark("6")), gate)
            assert await bodies(js, "DEAD") == [b"body %d" % number for number in range(6, 10)]
            assert await bodies(js, "ORDERS") == []

    async def test_that_a_stream_made_anew_is_refused(self, server: NatsServer) -> None:
        await seed(server, 3)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            source, letters = await letters_of(adapter)
            await js.delete_stream("DEAD")
            await js.add_stream(name="DEAD", subjects=["dead"])
            await js.publish("dead", b"body 0")
            with pytest.raises(Replaced):
                await adapter.take(source, wanted(letters), ScriptedGate(adapter, TARGET))
            assert await bodies(js, "DEAD") == [b"body 0"]

    async def test_that_a_stream_made_anew_while_letters_wait_loses_none_of_its_messages(
        self, server: NatsServer
    ) -> None:
        await seed(server, 3)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            source, letters = await letters_of(adapter)
            loop = asyncio.get_running_loop()

            async def remake(_: Sequence[DeadLetter]) -> None:
                await js.delete_stream("DEAD")
                await js.add_stream(StreamConfig(name="DEAD", subjects=["dead"], storage=StorageType.MEMORY))
                for number in range(3):
                    await js.publish("dead", b"new %d" % number)
                # As long as a pause: what was read before is no longer trusted.
                late = loop.create_future()
                loop.call_later(0.6, late.set_result, None)
                await late

            gate = ScriptedGate(adapter, TARGET, before_keep=remake)
            await adapter.take(source, wanted(letters), gate)
            assert await bodies(js, "DEAD") == [b"new 0", b"new 1", b"new 2"]
        assert [it.original for it in gate.outcomes] == ["left"] * 3

    async def test_that_a_stream_with_deny_delete_is_unsupported_and_unchanged(
        self, server: NatsServer
    ) -> None:
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            await js.add_stream(name="ORDERS", subjects=["orders.>"])
            await js.add_stream(StreamConfig(name="KEPT", subjects=["kept"], deny_delete=True))
            await js.publish("kept", b"x")
            source, letters = await letters_of(adapter, "KEPT")
            with pytest.raises(Unsupported):
                await adapter.take(source, wanted(letters), ScriptedGate(adapter, TARGET))
            with pytest.raises(Unsupported):
                await adapter.move(source, wanted(letters), ScriptedGate(adapter, TARGET))
            assert await bodies(js, "KEPT") == [b"x"]
            assert await bodies(js, "ORDERS") == []


def out(body: bytes, key: str, *, headers: Sequence[Header] = (), subject: str = "orders.again") -> Outgoing:
    return Outgoing(TargetRef(subject), Payload(body, tuple(headers)), key)


class TestPublish:
    async def test_that_bytes_and_headers_arrive_exactly_and_control_headers_do_not(
        self, server: NatsServer
    ) -> None:
        await seed(server, 0)
        headers = (
            Header("A", b"1"),
            Header("Nats-Msg-Id", b"m1"),
            Header("A", b"2"),
            Header("bytes", b"\xff\x00\xfe"),
            Header("Tight", b"v", "tight"),
            Header("Nats-Expected-Last-Sequence", b"99"),
            Header("Nats-TTL", b"1s"),
            Header("Nats-Rollup", b"all"),
            Header("Nats-Schedule-Target", b"x"),
            Header("Nats-Batch-Id", b"b"),
            Header("nats-msg-id", b"lower case is the application's"),
        )
        everything = bytes(range(256))
        big = b"z" * 8_000_000
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            results = await adapter.publish(
                [
                    out(everything, "r/1", headers=headers),
                    out(b"", "r/2"),
                    out(big, "r/3"),
                    out(b"\xff", "r/4"),
                ]
            )
            assert all(isinstance(it, Copy) and not it.duplicate for it in results)
            _, letters = await letters_of(adapter, "ORDERS")
            assert await bodies(js, "ORDERS") == [everything, b"", big, b"\xff"]
        first = letters[0].payload
        assert isinstance(first, Payload)
        kept = [it for it in headers if it.name in {"A", "bytes", "Tight", "nats-msg-id"}]
        assert list(first.headers) == [
            *kept,
            Header("Nats-Msg-Id", b"r/1"),
        ]

    async def test_that_a_copy_in_another_stream_than_meant_is_said(self, server: NatsServer) -> None:
        await seed(server, 0)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            (first,) = await adapter.publish([out(b"1", "r/1")])
            assert isinstance(first, Copy)
            await js.delete_stream("ORDERS")
            await js.add_stream(name="OTHER", subjects=["orders.>"])
            (second,) = await adapter.publish([out(b"2", "r/2")])
            assert isinstance(second, Replaced)
            assert second.effect is Effect.DONE
            assert "OTHER" in str(second)

    async def test_that_the_same_key_makes_one_copy(self, server: NatsServer) -> None:
        await seed(server, 0)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            first, second = await adapter.publish([out(b"x", "r/1"), out(b"x", "r/1")])
            assert isinstance(first, Copy)
            assert isinstance(second, Copy)
            assert (first.duplicate, second.duplicate) == (False, True)
            assert first.ref == second.ref
            assert await bodies(js, "ORDERS") == [b"x"]

    async def test_that_each_refused_message_says_why_and_others_go(self, server: NatsServer) -> None:
        target = StreamConfig(
            name="ORDERS", subjects=["orders.>"], max_msg_size=1000, max_msgs=2, discard=DiscardPolicy.NEW
        )
        await seed(server, 0, target=target)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            results = await adapter.publish(
                [
                    out(b"1", "r/1"),
                    out(b"x" * 2000, "r/2"),
                    out(b"x" * 8_600_000, "r/3"),
                    out(b"4", "r/4", subject="nobody.here"),
                    out(b"5", "r/5", subject="orders.>"),
                    out(b"6", "r/6", subject="orders.a\r\nPUB orders.b 0"),
                    out(b"7", "r/7", headers=[Header("X", b"a\r\nEvil: 1")]),
                    out(b"8", "r/8"),
                    out(b"9", "r/9"),
                ]
            )
            assert [type(it) for it in results] == [
                Copy, Refused, Refused, NotFound, ConfigError, ConfigError, Refused, Copy, Refused,
            ]  # fmt: skip
            errors = [it for it in results if not isinstance(it, Copy)]
            assert {it.effect for it in errors} == {Effect.NOT_DONE}
            assert all(it.message and it.message.endswith(".") for it in errors)
            assert "maximum message" in str(errors[-1])
            assert await bodies(js, "ORDERS") == [b"1", b"8"]

    async def test_that_a_stranger_who_answers_is_no_copy(self, server: NatsServer) -> None:
        async with opened(server.url) as adapter, plain(server.url) as (client, js):
            await js.add_stream(name="ORDERS", subjects=["orders.>"], no_ack=True)

            async def answer(message: object) -> None:
                await client.publish(message.reply, b"hello")  # type: ignore[attr-defined]

            await client.subscribe("orders.again", cb=answer)
            await client.flush()
            (result,) = await adapter.publish([out(b"1", "r/1")])
        assert not isinstance(result, Copy)
        assert result.effect is Effect.UNKNOWN

    async def test_that_an_answer_that_never_comes_leaves_the_effect_unknown(
        self, server: NatsServer
    ) -> None:
        await seed(server, 0)
        async with cut_proxy(server.port) as proxy, opened(proxy.url) as adapter:
            await adapter.publish([out(b"1", "r/1")])
            proxy.cut_after(down=30)
            results = await adapter.publish([out(b"%d" % it, f"r/{it}") for it in range(2, 300)])
        assert all(isinstance(it, Copy | Disconnected) for it in results)
        lost = [it for it in results if isinstance(it, Disconnected)]
        assert lost
        assert {it.effect for it in lost} == {Effect.UNKNOWN}


class TestSettle:
    async def test_that_originals_and_copies_are_told_apart(self, server: NatsServer) -> None:
        await seed(server, 5)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            source, letters = await letters_of(adapter)
            since = await adapter.marks([TARGET])
            await adapter.publish([out(b"c1", "r/1"), out(b"c2", "r/2")])
            await js.delete_msg("DEAD", 2)
            tries = [Try(it.ref, f"r/{it.ref.key}", TARGET) for it in letters]
            odd = Try(MessageRef("5", 0, b"another"), "r/5", TARGET)
            sightings = await adapter.settle(source, [*tries[:4], odd], since)
        assert [it.original for it in sightings] == ["there", "away", "there", "there", "away"]
        assert [it.copy for it in sightings] == ["found", "found", "none", "none", "none"]
        assert sightings[0].copy_ref is not None
        assert sightings[0].copy_ref.key == "1"
        assert all(it.again_safe for it in sightings)

    async def test_that_a_copy_that_a_consumer_took_cannot_be_told(self, server: NatsServer) -> None:
        target = StreamConfig(name="ORDERS", subjects=["orders.>"], retention=RetentionPolicy.WORK_QUEUE)
        await seed(server, 2, target=target)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            source, letters = await letters_of(adapter)
            since = await adapter.marks([TARGET])
            await adapter.publish([out(b"c1", "r/1")])
            sub = await js.pull_subscribe("orders.>", "worker", stream="ORDERS")
            (message,) = await sub.fetch(1)
            await message.ack_sync()
            sightings = await adapter.settle(
                source, [Try(it.ref, f"r/{it.ref.key}", TARGET) for it in letters], since
            )
        assert [it.copy for it in sightings] == ["cannot_tell", "cannot_tell"]

    async def test_that_again_is_safe_only_inside_the_duplicate_window(self, server: NatsServer) -> None:
        target = StreamConfig(name="ORDERS", subjects=["orders.>"], duplicate_window=30)
        await seed(server, 1, target=target)
        async with opened(server.url) as adapter:
            source, letters = await letters_of(adapter)
            since = await adapter.marks([TARGET])
            await adapter.publish([out(b"c1", "r/1")])
            mark = await adapter.marks([TARGET])
            loaded = load_mark(since[TARGET.name])
            assert loaded is not None
            old = {TARGET.name: replace(loaded, at=loaded.at - timedelta(hours=1)).dump()}
            now = datetime.now(UTC)
            tried = Try(letters[0].ref, "r/1", TARGET)
            late = replace(tried, sent_at=now - timedelta(seconds=29))
            fresh = replace(tried, sent_at=now)
            (by_mark,) = await adapter.settle(source, [tried], since)
            (by_old_mark,) = await adapter.settle(source, [tried], old)
            (by_old_time,) = await adapter.settle(source, [late], old)
            (by_time,) = await adapter.settle(source, [fresh], old)
            assert mark != since
        assert by_mark.again_safe
        assert not by_old_mark.again_safe
        assert not by_old_time.again_safe
        assert by_time.again_safe

    async def test_that_again_is_not_safe_once_the_server_was_started_anew(self, server: NatsServer) -> None:
        await seed(server, 1)
        async with opened(server.url) as adapter:
            source, letters = await letters_of(adapter)
            since = await adapter.marks([TARGET])
        tried = Try(letters[0].ref, "r/1", TARGET)
        server.restart()
        async with opened(server.url) as adapter:
            (sighting,) = await adapter.settle(source, [tried], since)
        assert (sighting.copy, sighting.again_safe) == ("none", False)

    async def test_that_no_copy_is_denied_where_another_stream_captures_the_target_now(
        self, server: NatsServer
    ) -> None:
        await seed(server, 1)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            source, letters = await letters_of(adapter)
            since = await adapter.marks([TARGET])
            config = (await js.stream_info("ORDERS")).config
            await js.update_stream(replace(config, subjects=["elsewhere.>"]))
            await js.add_stream(name="OTHER", subjects=["orders.>"])
            (sighting,) = await adapter.settle(source, [Try(letters[0].ref, "r/1", TARGET)], since)
        assert sighting.copy == "cannot_tell"

    async def test_that_without_a_mark_or_with_a_target_made_anew_nothing_is_claimed(
        self, server: NatsServer
    ) -> None:
        await seed(server, 1)
        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            source, letters = await letters_of(adapter)
            since = await adapter.marks([TARGET])
            tried = Try(letters[0].ref, "r/1", TARGET)
            (none,) = await adapter.settle(source, [tried], {})
            (odd,) = await adapter.settle(source, [tried], {TARGET.name: Mark("nonsense")})
            await js.delete_stream("ORDERS")
            (gone,) = await adapter.settle(source, [tried], since)
            await js.add_stream(name="ORDERS", subjects=["orders.>"])
            (anew,) = await adapter.settle(source, [tried], since)
        for sighting in (none, odd, gone, anew):
            assert sighting.original == "there"
            assert (sighting.copy, sighting.again_safe) == ("cannot_tell", False)

    async def test_that_only_the_half_asked_for_is_looked_for(self, server: NatsServer) -> None:
        await seed(server, 1)
        async with opened(server.url) as adapter:
            source, letters = await letters_of(adapter)
            since = await adapter.marks([TARGET])
            tried = Try(letters[0].ref, "r/1", TARGET)
            (original,) = await adapter.settle(source, [replace(tried, ask="original")], since)
            (copy,) = await adapter.settle(SourceRef("ELSEWHERE", "x"), [replace(tried, ask="copy")], since)
        assert (original.original, original.copy) == ("there", "cannot_tell")
        assert (copy.original, copy.copy) == ("cannot_tell", "none")


class TestBulkAndTail:
    async def test_that_the_servers_purge_ends_at_its_mark_and_repeats_safely(
        self, server: NatsServer
    ) -> None:
        await seed(server, 10)
        states: list[BulkState] = []

        async def sink(some: Sequence[BulkState]) -> None:
            states.extend(some)

        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            source, _ = await letters_of(adapter)
            job = BulkJob("run", "purge", source, upto=Mark("4"))
            done = await adapter.bulk(job, sink)
            again = await adapter.bulk(job, sink)
            assert (done.done, done.count) == (True, 4)
            assert again.count == 0
            assert len(await bodies(js, "DEAD")) == 6
            with pytest.raises(Unsupported):
                await adapter.bulk(BulkJob("run", "move", source, TARGET), sink)
            with pytest.raises(Replaced):
                await adapter.bulk(replace(job, source=SourceRef("DEAD", "older")), sink)

    async def test_that_what_arrives_is_followed_without_a_consumer(self, server: NatsServer) -> None:
        await seed(server, 3)
        came: asyncio.Queue[DeadLetter] = asyncio.Queue()

        async def sink(page: Sequence[DeadLetter]) -> None:
            for letter in page:
                await came.put(letter)

        async with opened(server.url) as adapter, plain(server.url) as (_, js):
            tail = asyncio.create_task(adapter.tail("DEAD", sink))
            first: DeadLetter | None = None
            while first is None:
                await js.publish("dead", b"live")
                first = came.get_nowait() if not came.empty() else None
            assert (await js.stream_info("DEAD")).state.consumer_count == 0
            tail.cancel()
            with pytest.raises(asyncio.CancelledError):
                await tail
            with pytest.raises(Unsupported):
                await adapter.tail("DEAD/worker", sink)
        assert isinstance(first.payload, Payload)
        assert first.payload.body == b"live"


def test_that_a_header_cannot_break_out_of_its_line() -> None:
    for header in (
        Header("A", b"x\r\nB: 1"),
        Header("A\r\nB", b"x"),
        Header("A\n", b"x"),
        Header("", b"x"),
        Header("a:b", b""),
    ):
        with pytest.raises(Refused):
            build([header])
