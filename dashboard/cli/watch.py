"""`ls` and `watch`: resources and their numbers."""

import time
from typing import Annotated

import typer
from rich.console import Group, RenderableType

from adapters.api import ConnectError, Disconnected
from dashboard.cli import documents, tables
from dashboard.cli.completion import saved_names
from dashboard.cli.exits import ExitCode
from dashboard.cli.options import Conn, Env, Json
from dashboard.cli.output import Progress
from dashboard.cli.program import program
from dashboard.cli.session import Given, Session
from dashboard.core.fleet import FleetSnapshot

Conns = Annotated[
    list[str],
    typer.Argument(metavar="CONN…", help="Saved connections' names, or URLs.", autocompletion=saved_names),
]
Once = Annotated[bool, typer.Option("--once", help="Read once and end.")]
Every = Annotated[
    float, typer.Option("--every", min=0.2, metavar="S", help="Seconds from one reading to the next.")
]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this group."""
    app.command("ls")(ls)
    app.command("watch")(watch)


def ls(ctx: typer.Context, conn: Conn, *, env: Env = None, json: Json = False) -> None:
    """List resources, with the dead letters of which they hold."""
    given = Given(conn, env)

    async def act(session: Session) -> ExitCode:
        await _round(session, [(await session.use(given)).name], None)
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json, given=given)


def watch(
    ctx: typer.Context,
    conns: Conns,
    *,
    once: Once = False,
    every: Every = 5.0,
    env: Env = None,
    json: Json = False,
) -> None:
    """Watch connections: a live table, or with --json one document a sweep."""

    async def act(session: Session) -> ExitCode:
        names = [(await session.use(Given(conn, env))).name for conn in conns]
        if once:
            await _round(session, names, None)
            return ExitCode.DONE
        await _watch(session, names, every)
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json, given=Given(conns[0], env))


async def _watch(session: Session, names: list[str], every: float) -> None:
    """Sweeps until Ctrl+C, which is how a watch ends; a broker that stops answering is told and tried again."""
    with session.stop.listening(), session.out.redrawn() as shown:
        await _round(session, names, shown)
        due = time.monotonic() + every
        while not await session.stop.wait(max(due - time.monotonic(), 0.0)):
            due = max(due + every, time.monotonic())
            try:
                await _round(session, names, shown)
            except (ConnectError, Disconnected) as error:
                session.out.warn(str(error))


async def _round(session: Session, names: list[str], shown: Progress | None) -> None:
    """One sweep of each connection."""
    drawn: list[RenderableType] = []
    for name in names:
        began = time.monotonic()
        snapshot = await session.desk.sweep([name])
        took_s = time.monotonic() - began
        if session.out.json_wanted:
            session.out.document(_document(snapshot, name, took_s))
        else:
            drawn.append(tables.fleet(snapshot, name))
    if not drawn:
        return
    if shown is None:
        session.out.show(Group(*drawn))
    else:
        shown.show(Group(*drawn))


def _document(snapshot: FleetSnapshot, name: str, took_s: float) -> documents.Document:
    rows = sorted((row for row in snapshot.rows if row.key.connection == name), key=lambda row: row.key.name)
    at = max((row.at for row in rows), default=snapshot.at)
    return documents.fleet(name, at, took_s, rows)
