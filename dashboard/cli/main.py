"""The command `redrive`: the real parts, handed to the commands."""

import io
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from dashboard.cli.commands import run_app
from dashboard.cli.logs import LogPlace
from dashboard.cli.output import Streams
from dashboard.cli.program import Program
from dashboard.core.desk import Desk
from dashboard.engine.clock import SystemClock
from dashboard.engine.collector import calm_collector
from dashboard.engine.sharing import share_often
from dashboard.store.home import Home, find_home


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit code."""
    calm_collector()
    share_often()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal of another encoding shows an escape where it lacks a character, instead of ending us.
            stream.reconfigure(errors="backslashreplace")
    home = find_home()
    made = Program(
        streams=Streams(sys.stdin, sys.stdout, sys.stderr),
        home=home,
        environ=os.environ,
        open_desk=open_engine,
        clock=SystemClock(),
        log=LogPlace(home.logs / "redrive.log"),
    )
    return run_app(made, argv)


def open_engine(home: Home, *, watch: bool = False) -> AbstractAsyncContextManager[Desk]:
    """The engine over a home folder; a command's own watches nothing by itself."""
    # Imported when it is opened: help, version and completion answer without it.
    from dashboard.engine.engine import Engine

    return Engine.open(home, watch=watch)
