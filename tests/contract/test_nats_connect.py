"""Logins, TLS, rights and outages on a real NATS server: each error says what to do and holds no secret."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import nkeys
import pytest
from nats.js.api import StreamConfig

from adapters.api import (
    Adapter,
    ConfigError,
    ConnectError,
    Copy,
    DeadLetter,
    Denied,
    Disconnected,
    Effect,
    FeatureMissing,
    LoginError,
    Outgoing,
    Payload,
    RedriveError,
    Right,
    Scope,
    Services,
    SourceRef,
    TargetRef,
    TlsError,
    Wanted,
)
from adapters.nats.adapter import make
from adapters.testing.gate import ScriptedGate
from dashboard.engine.clock import SystemClock
from tests.helpers.certificates import Authority
from tests.helpers.cut_proxy import cut_proxy
from tests.helpers.nats_server import NatsServer, nats_server
from tests.helpers.nats_world import opened, plain, spec

SECRET = "hunter2-very-secret"
USERS = f"""
max_payload: 1048576
accounts {{
  A: {{
    jetstream: enabled
    users: [
      {{user: all, password: "{SECRET}"}}
      {{user: keep, password: "{SECRET}", permissions: {{publish: {{
        allow: ["$JS.API.>", "orders.>", "$SYS.REQ.USER.INFO"], deny: ["$JS.API.STREAM.MSG.DELETE.>"]}}}}}}
      {{user: silent, password: "{SECRET}", permissions: {{publish: {{
        allow: ["$JS.API.>", "orders.>"], deny: ["$JS.API.STREAM.MSG.DELETE.>"]}}}}}}
      {{user: reader, password: "{SECRET}", permissions: {{publish: {{allow: ["$JS.API.>"], deny: ["orders.>"]}}}}}}
      {{user: nothing, password: "{SECRET}", permissions: {{publish: {{deny: ">"}}}}}}
      {{user: deaf, password: "{SECRET}", permissions: {{subscribe: {{deny: "_INBOX.>"}}}}}}
      {{user: own, password: "{SECRET}", permissions: {{subscribe: {{allow: "_MINE.>"}}}}}}
    ]
  }}
  B: {{ users: [{{user: without, password: "{SECRET}"}}] }}
}}
"""


async def failing(
    url: str, options: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None
) -> RedriveError:
    """The error of opening; it says what to do and holds no secret."""
    adapter = make(spec(url, options, secrets), Services(SystemClock()))
    with pytest.raises(RedriveError) as caught:
        await adapter.open()
    await adapter.close(1)
    error = caught.value
    assert error.hint
    for secret in (secrets or {}).values():
        assert secret not in f"{error} {error!r} {error.__cause__!r} {error.hint}"
    return error


def login(user: str) -> tuple[dict[str, str], dict[str, str]]:
    return {"user": user}, {"password": SECRET}


class TestReaching:
    async def test_that_an_unreachable_host_is_told(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            error = await failing(f"nats://127.0.0.1:{taken.getsockname()[1]}")
        assert type(error) is ConnectError
        assert "127.0.0.1" in error.message

    async def test_that_an_unknown_host_is_told(self) -> None:
        error = await failing("nats://no-such-host.invalid:4222")
        assert type(error) is ConnectError

    async def test_that_something_else_on_the_port_is_told(self) -> None:
        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as other:
            error = await failing(f"nats://127.0.0.1:{other.sockets[0].getsockname()[1]}")
        assert type(error) is ConnectError
        assert "no NATS server" in error.message

    async def test_that_a_server_without_jetstream_is_told(self, tmp_path: Path) -> None:
        with nats_server(tmp_path, jetstream=False) as server:
            error = await failing(server.url)
        assert isinstance(error, FeatureMissing)
        assert "-js" in error.hint


class TestLogin:
    async def test_that_wrong_credentials_are_told(self, tmp_path: Path) -> None:
        with nats_server(tmp_path, config=USERS) as server:
            for options, secrets in (
                ({"user": "all"}, {"password": "wrong-password"}),
                ({}, {"token": "wrong-token"}),
                ({}, {}),
            ):
                assert isinstance(await failing(server.url, options, secrets), LoginError)

    async def test_that_an_account_without_jetstream_is_told(self, tmp_path: Path) -> None:
        with nats_server(tmp_path, config=USERS) as server:
            error = await failing(server.url, *login("without"))
        assert isinstance(error, FeatureMissing)

    async def test_that_an_account_without_rights_is_told(self, tmp_path: Path) -> None:
        with nats_server(tmp_path, config=USERS) as server:
            assert isinstance(await failing(server.url, *login("nothing")), Denied)
            deaf = await failing(server.url, *login("deaf"))
            assert isinstance(deaf, Denied)
            assert "inbox" in deaf.hint
            options, secrets = login("own")
            async with opened(server.url, {**options, "inbox": "_MINE"}, secrets) as adapter:
                assert (await adapter.sweep(Scope())).names == ()

    async def test_that_a_token_an_nkey_and_a_user_log_in(self, tmp_path: Path) -> None:
        seed = nkeys.encode_seed(bytes(range(32)), nkeys.PREFIX_BYTE_USER).decode()
        public = nkeys.from_seed(bytearray(seed.encode())).public_key.decode()
        for config, options, secrets in (
            (f'authorization {{ token: "{SECRET}" }}', {}, {"token": SECRET}),
            (f'authorization {{ users: [{{nkey: "{public}"}}] }}', {}, {"nkey": seed}),
            (f'authorization {{ user: me, password: "{SECRET}" }}', {"user": "me"}, {"password": SECRET}),
        ):
            with nats_server(tmp_path, config=config) as server:
                async with opened(server.url, options, secrets) as adapter:
                    await adapter.sweep(Scope())
                assert not isinstance(await failing(server.url), FeatureMissing)

    async def test_that_unusable_credentials_are_told_before_connecting(self, tmp_path: Path) -> None:
        (tmp_path / "bad.creds").write_text("nothing in it")
        for options, secrets in (
            ({}, {"nkey": "UAPUBLICKEYNOTASEED"}),
            ({}, {"nkey": "SUNOTASEEDATALL"}),
            ({"creds": str(tmp_path / "missing.creds")}, {}),
            ({"creds": str(tmp_path / "bad.creds")}, {}),
            ({"ca": str(tmp_path / "missing.pem")}, {}),
            ({"cert": str(tmp_path / "bad.creds")}, {}),
        ):
            assert isinstance(await failing("nats://127.0.0.1:1", options, secrets), ConfigError)


@pytest.mark.allow_log(
    "returning true from eof_received"
)  # the driver's stream protocol does not know of TLS
class TestTls:
    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return Authority(tmp_path)

    def config(self, authority: Authority, *, address: str = "127.0.0.1", extra: str = "") -> str:
        cert, key = authority.issue("server", address)
        return f'tls {{ cert_file: "{cert}", key_file: "{key}", ca_file: "{authority.ca}", {extra} }}'

    async def test_that_a_known_authority_is_trusted(self, tmp_path: Path, authority: Authority) -> None:
        with nats_server(tmp_path, config=self.config(authority)) as server:
            for scheme in ("nats", "tls"):
                url = server.url.replace("nats", scheme, 1)
                async with opened(url, {"ca": str(authority.ca)}) as adapter:
                    await adapter.sweep(Scope())

    async def test_that_a_mismatch_is_told(self, tmp_path: Path, authority: Authority) -> None:
        with nats_server(tmp_path, config=self.config(authority)) as server:
            assert isinstance(await failing(server.url), TlsError)
        other = self.config(authority, address="127.0.0.9")
        with nats_server(tmp_path, config=other) as server:
            assert isinstance(await failing(server.url, {"ca": str(authority.ca)}), TlsError)

    async def test_that_a_password_is_never_sent_in_the_clear_to_a_tls_address(self, tmp_path: Path) -> None:
        with nats_server(tmp_path, config=USERS) as server:
            async with cut_proxy(server.port) as proxy:
                error = await failing(proxy.url.replace("nats", "tls", 1), *login("all"))
                sent = proxy.passed["up"]
        assert isinstance(error, TlsError)
        assert sent == 0

    async def test_that_tls_is_used_where_it_is_only_offered(
        self, tmp_path: Path, authority: Authority
    ) -> None:
        config = self.config(authority) + "\nallow_non_tls: true\n"
        with nats_server(tmp_path, config=config) as server:
            async with opened(server.url.replace("nats", "tls", 1), {"ca": str(authority.ca)}):
                held = server.monitored("connz")["connections"]
            assert [it.get("tls_version") for it in held] == ["1.3"]

    async def test_that_a_client_certificate_is_shown(self, tmp_path: Path, authority: Authority) -> None:
        cert, key = authority.issue("client")
        config = self.config(authority, extra="verify: true")
        with nats_server(tmp_path, config=config) as server:
            ca = {"ca": str(authority.ca)}
            async with opened(server.url, {**ca, "cert": str(cert), "key": str(key)}) as adapter:
                await adapter.sweep(Scope())
            assert isinstance(await failing(server.url, ca), ConnectError)

    async def test_that_tls_before_the_greeting_works(self, tmp_path: Path, authority: Authority) -> None:
        config = self.config(authority, extra="handshake_first: true")
        with nats_server(tmp_path, config=config) as server:
            async with opened(server.url, {"ca": str(authority.ca), "tls_first": "true"}) as adapter:
                await adapter.sweep(Scope())


class TestRights:
    @contextlib.asynccontextmanager
    async def served(self, tmp_path: Path) -> AsyncIterator[NatsServer]:
        with nats_server(tmp_path, config=USERS) as server:
            async with plain(server.url, user="all", password=SECRET) as (_, js):
                await js.add_stream(name="ORDERS", subjects=["orders.>"])
                await js.add_stream(StreamConfig(name="DEAD", subjects=["dead"]))
                for number in range(3):
                    await js.publish("dead", b"%d" % number)
            yield server

    async def messages(self, server: NatsServer) -> dict[str, int]:
        async with plain(server.url, user="all", password=SECRET) as (_, js):
            return {str(it.config.name): it.state.messages for it in await js.streams_info()}

    @pytest.mark.parametrize("user", ["keep", "silent"])
    async def test_that_an_account_that_may_not_delete_is_known_without_trying(
        self, tmp_path: Path, user: str
    ) -> None:
        async with self.served(tmp_path) as server:
            async with opened(server.url, *login(user)) as adapter:
                traits = (await adapter.describe("DEAD")).traits
            assert await self.messages(server) == {"DEAD": 3, "ORDERS": 0}
        assert traits is not None
        assert traits.grant(Right.READ).verdict == "yes"
        assert traits.grant(Right.REMOVE).verdict == "no"
        assert "delete" in traits.grant(Right.REMOVE).why
        assert traits.grant(Right.REMOVE).remedy

    async def test_that_asking_for_rights_changes_nothing(self, tmp_path: Path) -> None:
        async with self.served(tmp_path) as server:
            async with opened(server.url, *login("all")) as adapter:
                traits = (await adapter.describe("DEAD")).traits
            assert await self.messages(server) == {"DEAD": 3, "ORDERS": 0}
        assert traits is not None
        assert {traits.grant(it).verdict for it in (Right.READ, Right.REMOVE, Right.BULK)} == {"yes"}
        assert traits.grant(Right.PUBLISH).verdict == "untried"

    async def test_that_a_denied_publish_is_not_done_and_nothing_is_removed(self, tmp_path: Path) -> None:
        async with self.served(tmp_path) as server:
            async with opened(server.url, *login("reader")) as adapter:
                source, letters = await look(adapter)
                outs = [Outgoing(TargetRef("orders.x"), Payload(b"x"), f"r/{it}") for it in range(50)]
                results = await adapter.publish(outs)
                gate = ScriptedGate(adapter, TargetRef("orders.x"))
                await adapter.take(source, Wanted({it.ref.key: (it.ref,) for it in letters}), gate)
            assert await self.messages(server) == {"DEAD": 3, "ORDERS": 0}
        assert all(isinstance(it, Denied) and it.effect is Effect.NOT_DONE for it in results)
        assert not gate.outcomes

    async def test_that_a_denied_delete_leaves_the_original(self, tmp_path: Path) -> None:
        async with self.served(tmp_path) as server:
            async with opened(server.url, *login("keep")) as adapter:
                source, letters = await look(adapter)
                gate = ScriptedGate(adapter, TargetRef("orders.x"))
                await adapter.take(source, Wanted({it.ref.key: (it.ref,) for it in letters}), gate)
            assert await self.messages(server) == {"DEAD": 3, "ORDERS": 3}
        assert [it.original for it in gate.outcomes] == ["left"] * 3

    async def test_that_a_route_an_account_may_not_take_is_blocked(self, tmp_path: Path) -> None:
        async with self.served(tmp_path) as server, opened(server.url, *login("keep")) as adapter:
            source, _ = await look(adapter)
            free, own = await adapter.route(source, [TargetRef("orders.x"), TargetRef("dead")])
        assert not free.blocked
        assert "itself" in own.blocked


async def look(adapter: Adapter) -> tuple[SourceRef, list[DeadLetter]]:
    source = (await adapter.describe("DEAD")).source
    assert source is not None
    found: list[DeadLetter] = []

    async def sink(page: Sequence[DeadLetter]) -> None:
        found.extend(page)

    await adapter.browse(source, sink, start=None, limit=10**6, hold=False)
    return source, found


class TestOutage:
    async def filled(self, server: NatsServer, count: int) -> None:
        async with plain(server.url) as (client, js):
            await js.add_stream(name="ORDERS", subjects=["orders.>"])
            await js.add_stream(name="DEAD", subjects=["dead"])
            for number in range(count - 1):
                await client.publish("dead", b"%d" % number)
            await js.publish("dead", b"%d" % (count - 1), timeout=20)

    async def test_that_a_killed_server_ends_a_take_and_nothing_is_lost(self, tmp_path: Path) -> None:
        count = 3000
        with nats_server(tmp_path) as server:
            await self.filled(server, count)
            async with opened(server.url) as adapter:
                source, letters = await look(adapter)

                async def kill(found: Sequence[DeadLetter]) -> None:
                    if found[0].ref.key == "1001":
                        server.kill()

                gate = ScriptedGate(adapter, TargetRef("orders.x"), before_keep=kill)
                with pytest.raises(Disconnected):
                    await adapter.take(source, Wanted({it.ref.key: (it.ref,) for it in letters}), gate)
            await asyncio.to_thread(server.start)
            async with plain(server.url) as (_, js):
                copied = (await js.stream_info("ORDERS")).state.messages
                left = (await js.stream_info("DEAD")).state.messages
        reported = [it for it in gate.outcomes if it.original == "removed"]
        assert len(reported) <= count - left
        assert copied + left >= count
        assert copied >= len(gate.copied)

    async def test_that_a_frozen_server_is_told_as_such(self, tmp_path: Path) -> None:
        with nats_server(tmp_path) as server:
            await self.filled(server, 1)
            adapter = make(spec(server.url, {"timeout": "0.3"}), Services(SystemClock()))
            await adapter.open()
            server.pause()
            try:
                with pytest.raises(Disconnected) as caught:
                    await adapter.sweep(Scope())
                (lost,) = await adapter.publish([Outgoing(TargetRef("orders.x"), Payload(b"x"), "r/1")])
                await asyncio.wait_for(adapter.close(0.5), 10)
            finally:
                server.resume()
        assert "in time" in caught.value.message
        assert not isinstance(lost, Copy)

    async def test_that_a_server_that_stops_reading_ends_a_large_publish(self, tmp_path: Path) -> None:
        with nats_server(tmp_path) as server:
            await self.filled(server, 1)
            adapter = make(spec(server.url, {"timeout": "0.3"}), Services(SystemClock()))
            await adapter.open()
            target = TargetRef("orders.x")
            await adapter.publish([Outgoing(target, Payload(b"x"), "r/0")])
            server.pause()
            try:
                many = [Outgoing(target, Payload(b"x" * 1_000_000), f"r/{it}") for it in range(1, 60)]
                results = await asyncio.wait_for(adapter.publish(many), 10)
                await asyncio.wait_for(adapter.close(0.5), 10)
            finally:
                server.resume()
        assert len(results) == 59
        assert all(isinstance(it, Disconnected) for it in results)
        # Of what was still to be sent when the connection was given up, it is known that nothing came of it.
        effects = [it.effect for it in results if isinstance(it, Disconnected)]
        sent = effects.count(Effect.UNKNOWN)
        assert sent > 0
        assert effects == [Effect.UNKNOWN] * sent + [Effect.NOT_DONE] * (59 - sent)

    async def test_that_a_call_can_be_cancelled_while_the_server_does_not_read(self, tmp_path: Path) -> None:
        with nats_server(tmp_path) as server:
            await self.filled(server, 1)
            async with opened(server.url) as adapter:
                target = TargetRef("orders.x")
                await adapter.publish([Outgoing(target, Payload(b"x"), "r/0")])
                server.pause()
                try:
                    many = [Outgoing(target, Payload(b"x" * 1_000_000), f"r/{it}") for it in range(1, 60)]
                    publishing = asyncio.create_task(adapter.publish(many))
                    done, _ = await asyncio.wait({publishing}, timeout=0.5)
                    assert not done
                    publishing.cancel()
                    done, _ = await asyncio.wait({publishing}, timeout=10)
                    assert publishing.cancelled()
                finally:
                    server.resume()

    async def test_that_a_cut_connection_ends_calls_at_once_and_stays_ended(self, tmp_path: Path) -> None:
        with nats_server(tmp_path) as server:
            await self.filled(server, 1)
            async with cut_proxy(server.port) as proxy, opened(proxy.url) as adapter:
                await adapter.sweep(Scope())
                proxy.freeze()
                waiting = asyncio.create_task(adapter.sweep(Scope()))
                await asyncio.sleep(0)
                proxy.cut()
                with pytest.raises(Disconnected):
                    await asyncio.wait_for(waiting, 10)
                with pytest.raises(Disconnected):
                    await adapter.sweep(Scope())
