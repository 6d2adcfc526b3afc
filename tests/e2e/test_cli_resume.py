"""Resuming with secrets: a reference is enough by itself, a literal one is asked for again."""

import signal
from pathlib import Path

import pytest

from tests.helpers.dead_orders import ORIGIN, SOURCE, connected, seed
from tests.helpers.nats_server import NatsServer, nats_server
from tests.helpers.program import Redrive
from tests.helpers.until import until

COUNT = 40
ACCOUNT = 'authorization { user: app, password: "s3cret" }'


@pytest.mark.parametrize("password", ["s3cret", "${SHOP_PASSWORD}"])
async def test_that_a_paused_run_goes_on_with_its_secret(tmp_path: Path, password: str) -> None:
    redrive = Redrive(tmp_path / "home", {"SHOP_PASSWORD": "s3cret"})
    with nats_server(tmp_path / "nats", config=ACCOUNT) as server:
        plain = f"nats://app:s3cret@127.0.0.1:{server.port}"
        url = f"nats://app:{password}@127.0.0.1:{server.port}"
        async with connected(plain) as (_, js):
            await seed(js, COUNT)
            process = await redrive.start("run", url, SOURCE, "--rate", "10", "--json")

            async def begun() -> bool:
                return (await js.stream_info(ORIGIN)).state.messages > 0

            await until(begun, within=30)
            process.send_signal(signal.SIGTERM)
            paused = await redrive.end(process)
            assert (paused.code, paused.json["state"]) == (6, "paused"), paused.err
            await redrive("runs", "rate", "R-0001", "none")
            bare = await redrive("runs", "resume", "R-0001", "--json")
            if password == "s3cret":
                assert bare.code in {2, 3, 6}, bare.err
                assert "redrive runs resume R-0001" in bare.err
                again = await redrive("runs", "resume", "R-0001", url, "--json")
                assert again.code == 0, again.err
                assert again.json["moved"] == COUNT
            else:
                assert bare.code == 0, bare.err
                assert bare.json["moved"] == COUNT
            assert (await js.stream_info(ORIGIN)).state.messages == COUNT
        for path in redrive.home.rglob("*"):
            assert not path.is_file() or b"s3cret" not in path.read_bytes(), path


async def test_that_a_cut_run_is_cancelled_before_the_command_ends(
    redrive: Redrive, server: NatsServer
) -> None:
    async with connected(server.url) as (_, js):
        await seed(js, COUNT)
        process = await redrive.start("run", server.url, SOURCE, "--rate", "10", "--json")

        async def begun() -> bool:
            return (await js.stream_info(ORIGIN)).state.messages > 0

        await until(begun, within=30)
        process.kill()
        await redrive.end(process)
        told = (await redrive("runs", "cancel", "R-0001", "--json")).json
        assert (told["state"], told["planned"], told["sending"]) == ("cancelled", 0, 0)
        assert told["moved"] + told["kept"] == COUNT
        assert (await js.stream_info(ORIGIN)).state.messages == told["moved"]
