"""Runs the commands in this process over a fake desk, with streams that a test can read."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

from adapters.api import AdapterInfo, FieldSpec
from adapters.registry import Registry
from dashboard.cli.commands import run_app
from dashboard.cli.logs import LogPlace
from dashboard.cli.output import Streams
from dashboard.cli.program import Program
from dashboard.core.desk import Desk
from dashboard.store.home import Home
from tests.helpers.clocks import FakeClock
from tests.unit.cli.fake_desk import AT, FakeDesk

INFO = AdapterInfo(
    kind="nats",
    title="NATS",
    icon="nats",
    schemes=("nats", "tls"),
    factory="adapters.nats.adapter:make",
    fields=(
        FieldSpec("user", "User"),
        FieldSpec("password", "Password", kind="secret"),
        FieldSpec("token", "Token", kind="secret"),
    ),
    capabilities=(),
    driver="nats",
    extra="nats",
    example="nats://127.0.0.1:4222",
    default_port=4222,
)
ENTRY = EntryPoint("nats", f"{__name__}:INFO", "redrive.adapters")


class Stream(io.TextIOWrapper):
    """A stream in memory that may say it is a terminal."""

    def __init__(self, text: str = "", *, terminal: bool = False) -> None:
        self._bytes = io.BytesIO(text.encode())
        self._terminal = terminal
        super().__init__(self._bytes, encoding="utf-8", write_through=True)

    def isatty(self) -> bool:
        return self._terminal

    @property
    def written(self) -> bytes:
        return self._bytes.getvalue()


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    raw: bytes


class Cli:
    """One home folder and one desk; each call is one command."""

    def __init__(self, folder: Path, desk: FakeDesk) -> None:
        self.home = Home(folder, folder)
        self.desk = desk
        self.before_open: Callable[[], None] = lambda: None
        self.opening_s = 0.0

    def __call__(self, *args: str, stdin: str = "", terminal: bool = False, shown: bool = False) -> Ended:
        """`terminal`: stdin and stderr are one, `shown`: stdout is."""
        streams = (Stream(stdin, terminal=terminal), Stream(terminal=shown), Stream(terminal=terminal))
        made = Program(
            streams=Streams(*streams),
            home=self.home,
            environ={},
            open_desk=self._open,
            clock=FakeClock(AT),
            log=LogPlace(self.home.logs / "redrive.log"),
            kinds=lambda: Registry(lambda: [ENTRY]),
        )
        code = run_app(made, args)
        out, err = streams[1].written, streams[2].written
        return Ended(code, out.decode("utf-8", "replace"), err.decode(), out)

    @asynccontextmanager
    async def _open(self, home: Home, *, watch: bool = False) -> AsyncIterator[Desk]:
        self.before_open()
        await asyncio.sleep(self.opening_s)
        yield self.desk
