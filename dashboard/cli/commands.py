"""All commands put together; what they are made of comes in as a `Program`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

import adapters
from dashboard.cli import connections, dead, demo, doctor, purge, redrive, runs, watch
from dashboard.cli.boundary import Boundary
from dashboard.cli.exits import ExitCode
from dashboard.cli.logs import LEVELS, LogPlace
from dashboard.cli.program import Program, program
from dashboard.cli.window import open_window

HELP = (
    "Watch queues, inspect dead letters and redrive them without losing one. Without a command: the window."
)


def run_app(made: Program, argv: Sequence[str] | None = None) -> int:
    """Runs the command line with these parts."""
    boundary = Boundary(made.streams.stderr)
    with boundary:
        args = None if argv is None else list(argv)
        code = build_app()(args=args, prog_name="redrive", standalone_mode=False, obj=made)
        return int(code or ExitCode.DONE)
    return int(boundary.code)


def build_app() -> typer.Typer:
    """All commands."""
    app = typer.Typer(
        name="redrive",
        help=HELP,
        invoke_without_command=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(start)
    for group in (demo, connections, doctor, watch, dead, redrive, runs, purge):
        group.add_to(app)
    return app


def start(
    ctx: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
    log_level: Annotated[
        str,
        typer.Option(
            "--log-level", metavar="LEVEL", help=f"{', '.join(LEVELS)}.", envvar="REDRIVE_LOG_LEVEL"
        ),
    ] = "info",
    log_file: Annotated[
        Path | None,
        typer.Option("--log-file", metavar="PATH", help="Where the log goes.", envvar="REDRIVE_LOG_FILE"),
    ] = None,
) -> None:
    """Takes down what goes with every command."""
    made = program(ctx)
    place = LogPlace(log_file or made.log.path, log_level)
    ctx.obj = replace(made, log=place)
    if version:
        made.output().text(f"redrive {adapters.__version__}")
        raise typer.Exit(int(ExitCode.DONE))
    if ctx.invoked_subcommand is None:
        open_window(ctx.obj)
