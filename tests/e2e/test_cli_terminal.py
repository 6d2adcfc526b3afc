"""At a terminal: questions are asked, progress moves on stderr, Ctrl+C is heard at once."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.helpers.dead_orders import ORIGIN, SOURCE, connected, seed
from tests.helpers.nats_server import NatsServer
from tests.helpers.program import ROOT, Redrive

COUNT = 40
PATIENCE_S = 30.0


class Screen:
    """The program on a terminal of its own: what it wrote, and a keyboard."""

    def __init__(self, process: asyncio.subprocess.Process, handle: int) -> None:
        self.process = process
        self._handle = handle
        self._text = bytearray()
        self._news = asyncio.Event()
        asyncio.get_running_loop().add_reader(handle, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._handle, 65536)
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._handle)
        self._text += data
        self._news.set()

    @property
    def text(self) -> str:
        return self._text.decode("utf-8", "replace")

    async def shows(self, words: str) -> None:
        """Waits until these words were written."""
        async with asyncio.timeout(PATIENCE_S):
            while words not in self.text:
                self._news.clear()
                await self._news.wait()

    def type(self, keys: bytes) -> None:
        os.write(self._handle, keys)

    async def ends(self) -> int:
        async with asyncio.timeout(PATIENCE_S):
            return await self.process.wait()


Start = Callable[..., Awaitable[Screen]]


@pytest.fixture
async def terminal(redrive: Redrive) -> AsyncIterator[Start]:
    """Starts the program on a terminal; whatever is left is killed."""
    opened: list[tuple[Screen, int]] = []

    async def start(*args: str) -> Screen:
        try:
            ours, theirs = os.openpty()
        except OSError as error:
            pytest.skip(f"there are no terminals here, /dev/pts is not mounted: {error}")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "dashboard",
            *args,
            cwd=ROOT,
            env={**redrive.environ, "TERM": "xterm", "COLUMNS": "120"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(theirs)
        opened.append((Screen(process, ours), ours))
        return opened[-1][0]

    yield start
    for screen, handle in opened:
        asyncio.get_running_loop().remove_reader(handle)
        os.close(handle)
        if screen.process.returncode is None:
            screen.process.kill()
            await screen.process.wait()


def _take_terminal() -> None:
    """Makes stdin the controlling terminal, so that Ctrl+C becomes SIGINT."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@asynccontextmanager
async def seeded(server: NatsServer) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Dead letters, and a function that counts what arrived."""
    async with connected(server.url) as (_, js):
        await seed(js, COUNT)

        async def arrived() -> int:
            return (await js.stream_info(ORIGIN)).state.messages

        yield arrived


async def test_that_a_run_is_asked_for_shown_and_done(terminal: Start, server: NatsServer) -> None:
    async with seeded(server) as arrived:
        screen = await terminal("run", server.url, SOURCE, "--rate", "20")
        await screen.shows("y/N:")
        assert "At least once. No message is lost." in screen.text
        assert await arrived() == 0
        screen.type(b"y\n")
        await screen.shows("running: 40 frozen = ")
        assert await screen.ends() == 0
        assert "R-0001 done: 40 frozen = 40 moved." in screen.text
        assert await arrived() == COUNT


async def test_that_no_is_no(terminal: Start, server: NatsServer) -> None:
    async with seeded(server) as arrived:
        screen = await terminal("run", server.url, SOURCE)
        await screen.shows("y/N:")
        screen.type(b"\n")
        assert await screen.ends() == 4
        assert await arrived() == 0


async def test_that_ctrl_c_at_a_question_ends_the_program(terminal: Start, server: NatsServer) -> None:
    async with seeded(server) as arrived:
        screen = await terminal("run", server.url, SOURCE)
        await screen.shows("y/N:")
        screen.type(b"\x03")
        assert await screen.ends() == 6
        assert await arrived() == 0


async def test_that_ctrl_c_in_a_run_pauses_it(terminal: Start, server: NatsServer) -> None:
    async with seeded(server):
        screen = await terminal("run", server.url, SOURCE, "--rate", "5")
        await screen.shows("y/N:")
        screen.type(b"y\n")
        await screen.shows("running: 40 frozen = ")
        screen.type(b"\x03")
        assert await screen.ends() == 6
        assert "redrive runs resume R-0001" in screen.text


async def test_that_production_asks_for_the_name_and_again_for_the_rest(
    terminal: Start, server: NatsServer
) -> None:
    name = f"127.0.0.1:{server.port}"
    async with seeded(server) as arrived:
        screen = await terminal(
            "run", server.url, SOURCE, "--env", "production", "--write", "--canary", "2", "--watch", "1"
        )
        await screen.shows(f"Type {name} to redrive 40 messages:")
        screen.type(name.encode() + b"\n")
        await screen.shows("to send the rest:")
        assert await arrived() == 2
        screen.type(name.encode() + b"\n")
        assert await screen.ends() == 0
        assert await arrived() == COUNT


async def test_that_a_watch_is_redrawn_until_ctrl_c(terminal: Start, server: NatsServer) -> None:
    async with seeded(server):
        screen = await terminal("watch", server.url, "--every", "0.3")
        await screen.shows("2 resources, 1 with dead letters.")
        await screen.shows("\x1b[1A")
        screen.type(b"\x03")
        assert await screen.ends() == 0
