"""What the command line is made of, and how one command runs: log, engine, session, exit code."""

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, cast

import structlog
import typer

from adapters.api import Clock, LoginError
from adapters.registry import Registry
from dashboard.cli.exits import ExitCode
from dashboard.cli.logs import LogPlace, start_log
from dashboard.cli.output import Output, Streams
from dashboard.cli.session import Given, Session
from dashboard.core.desk import Desk
from dashboard.engine import headless
from dashboard.store.home import Home


class OpenDesk(Protocol):
    """Opens the engine over a home folder."""

    def __call__(self, home: Home, *, watch: bool = False) -> AbstractAsyncContextManager[Desk]:
        """`watch`: it polls all saved connections by itself."""
        ...


Act = Callable[[Session], Awaitable[ExitCode]]


@dataclass(frozen=True, slots=True)
class Program:
    """Handed to every command as the context's object."""

    streams: Streams
    home: Home
    environ: Mapping[str, str]
    open_desk: OpenDesk
    clock: Clock
    log: LogPlace
    kinds: Callable[[], Registry] = Registry

    def output(self, *, json_wanted: bool = False) -> Output:
        """The printing of one command."""
        return Output(self.streams, json_wanted=json_wanted)

    def start_log(self) -> None:
        """Makes the home folder and starts the log."""
        self.home.prepare()
        start_log(self.log)

    def run(self, act: Act, *, json_wanted: bool = False, given: Given | None = None) -> None:
        """Runs one command over the engine and ends with its exit code.

        Where the login of `given` is refused and a person is there, the secret is asked for and the command run again.
        """
        self.start_log()
        log = structlog.get_logger("redrive.cli")
        out = self.output(json_wanted=json_wanted)

        async def main(stop: headless.Stop) -> ExitCode:
            async with self.open_desk(self.home) as desk:
                session = Session(desk, out, stop, self.clock, self.kinds())
                try:
                    return await act(session)
                except LoginError as error:
                    if given is None or not await session.ask_login(given, error):
                        raise
                    return await act(session)

        began = time.monotonic()
        code = headless.run(main)
        log.info("command ended", code=int(code), seconds=round(time.monotonic() - began, 3))
        raise typer.Exit(int(code))


def program(ctx: typer.Context) -> Program:
    """The program of a command's context."""
    return cast(Program, ctx.obj)
