"""A TCP proxy that severs, freezes or refuses connections, at any byte."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, Self

Way = Literal["up", "down"]


class CutProxy:
    """A proxy in front of a loopback port, with a thread and loop of its own.

    `up` counts bytes towards the server, `down` bytes from it. `cut_after` severs once exactly so many further bytes
    went that way: the bytes up to there arrive, none after. With `stay_down` new connections are refused until `heal`.
    All methods may be called from any thread and do not wait.
    """

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self.passed: dict[Way, int] = {"up": 0, "down": 0}
        self.was_cut = threading.Event()
        self._target = target_port
        self._limit: dict[Way, int | None] = {"up": None, "down": None}
        self._stay_down = False
        self._refusing = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._flowing: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="cut proxy")

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Listens on a free port; returns when it does."""
        self._thread.start()
        self._started.wait(10)
        return self

    def stop(self) -> None:
        """Closes everything."""
        if self._thread.is_alive():
            self._soon("_end")
            self._thread.join(10)

    def cut_after(self, *, up: int | None = None, down: int | None = None, stay_down: bool = False) -> None:
        """Arms a cut, counted from now; without a number it disarms."""
        self.was_cut.clear()
        self._stay_down = stay_down
        self._limit = {
            "up": None if up is None else self.passed["up"] + up,
            "down": None if down is None else self.passed["down"] + down,
        }

    def cut(self, *, stay_down: bool = False) -> None:
        """Severs all connections."""
        self._refusing = self._refusing or stay_down
        self._soon("_sever")

    def freeze(self) -> None:
        """Keeps the connections and passes nothing on, as a network without answer does."""
        self._soon("_freeze")

    def thaw(self) -> None:
        """Passes on again, what was held included."""
        self._soon("_thaw")

    def heal(self) -> None:
        """Takes new connections again."""
        self._refusing = self._stay_down = False
        self._soon("_thaw")

    def _soon(self, name: str) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(getattr(self, name))

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ending, self._flowing = asyncio.Event(), asyncio.Event()
        self._flowing.set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._ending.wait()
        server.close()
        self._sever()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _end(self) -> None:
        assert self._ending is not None
        self._ending.set()

    def _freeze(self) -> None:
        assert self._flowing is not None
        self._flowing.clear()

    def _thaw(self) -> None:
        assert self._flowing is not None
        self._flowing.set()

    def _sever(self) -> None:
        self._limit = {"up": None, "down": None}
        self._refusing = self._refusing or self._stay_down
        for writer in list(self._writers):
            writer.transport.abort()
        self.was_cut.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        self._start("up", reader, far_writer)
        self._start("down", far_reader, writer)

    def _start(self, way: Way, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._pump(way, source, sink))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pump(self, way: Way, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        assert self._flowing is not None
        try:
            while data := await source.read(65536):
                await self._flowing.wait()
                limit = self._limit[way]
                part = data if limit is None else data[: max(0, limit - self.passed[way])]
                self.passed[way] += len(part)
                sink.write(part)
                await sink.drain()
                if len(part) < len(data):
                    self._sever()
                    return
        except OSError:
            return
        finally:
            self._writers.discard(sink)
            sink.close()


@asynccontextmanager
async def cut_proxy(target_port: int) -> AsyncIterator[CutProxy]:
    """A started proxy that is stopped at the end."""
    proxy = CutProxy(target_port)
    try:
        await asyncio.to_thread(proxy.start)
        yield proxy
    finally:
        await asyncio.to_thread(proxy.stop)
