"""`runs`: past and present runs, and what can be done to them."""

from dataclasses import replace
from typing import Annotated

import typer

from adapters.api import ConfigError
from dashboard.cli import documents, tables
from dashboard.cli.exits import ExitCode
from dashboard.cli.follow import Document, finish, last_word, rested
from dashboard.cli.options import Confirm, Env, Json, RunName, Write
from dashboard.cli.program import program
from dashboard.cli.session import Given, Session
from dashboard.core import words
from dashboard.core.runs import RunView, report_line

PAGE = 1000
Number = Annotated[str, typer.Argument(metavar="N", help="Messages a second, or `none` for no limit.")]
Brake = Annotated[
    float | None,
    typer.Option(
        "--brake", min=0.0, max=100.0, metavar="PERCENT", help="Stop when so many of 100 come back."
    ),
]
ResumeConn = Annotated[
    str | None,
    typer.Argument(metavar="[CONN]", help="The connection, where the run's URL held a literal secret."),
]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this group."""
    group = typer.Typer(
        help="List runs; show, resume, pause, slow, cancel and report one.",
        invoke_without_command=True,
        rich_markup_mode=None,
    )
    group.callback()(runs)
    for name, command in (
        ("ls", ls),
        ("show", show),
        ("resume", resume),
        ("pause", pause),
        ("rate", rate),
        ("cancel", cancel),
        ("report", report),
    ):
        group.command(name)(command)
    app.add_typer(group, name="runs")


def runs(ctx: typer.Context, *, json: Json = False) -> None:
    """List runs, newest first."""
    if ctx.invoked_subcommand is None:
        ls(ctx, json=json)


def ls(ctx: typer.Context, *, json: Json = False) -> None:
    """List runs, newest first."""

    async def act(session: Session) -> ExitCode:
        views = await session.desk.runs()
        if json:
            session.out.document(documents.runs(views))
        elif views:
            session.out.show(tables.runs(views))
        else:
            session.out.text(
                "No run was made yet. redrive run CONN SOURCE --dry-run shows what one would do."
            )
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json)


def show(ctx: typer.Context, run: RunName, *, json: Json = False) -> None:
    """Show where a run stands."""

    async def act(session: Session) -> ExitCode:
        _tell(session, await session.desk.run(run), documents.run)
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json)


def resume(
    ctx: typer.Context,
    run: RunName,
    conn: ResumeConn = None,
    *,
    confirm: Confirm = None,
    env: Env = None,
    write: Write = False,
    json: Json = False,
) -> None:
    """Go on with a paused, stopped or cut run; what was under way is settled first."""
    given = None if conn is None else Given(conn, env, write)

    async def act(session: Session) -> ExitCode:
        view = await session.desk.run(run)
        document = _document(view)
        if view.state.over:
            return await last_word(session, view, document)
        if given is not None:
            await _same_connection(session, view, given)
        view = await session.desk.resume(view.id, confirm or "")
        return await finish(session, view, document)

    program(ctx).run(act, json_wanted=json, given=given)


async def _same_connection(session: Session, view: RunView, given: Given) -> None:
    name = (await session.use(given)).name
    if name != view.source.connection:
        raise ConfigError(
            f"{view.name} runs on {view.source.connection}, not on {name}.",
            hint="Give the connection that the run was started with.",
        )


def _document(view: RunView) -> Document:
    return {"redrive": documents.run, "purge": documents.purge, "restore": documents.restore}[view.kind]


def pause(ctx: typer.Context, run: RunName, *, json: Json = False) -> None:
    """Pause a run, whichever process carries it out."""

    async def act(session: Session) -> ExitCode:
        await session.desk.pause(run)
        _tell(session, await session.desk.run(run), documents.run)
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json)


def rate(
    ctx: typer.Context, run: RunName, number: Number, *, brake: Brake = None, json: Json = False
) -> None:
    """Change how fast a run goes, whichever process carries it out."""
    limit = parse_rate(number)

    async def act(session: Session) -> ExitCode:
        pace = replace((await session.desk.run(run)).pace, rate=limit)
        if brake is not None:
            pace = replace(pace, brake_percent=brake)
        await session.desk.set_pace(run, pace)
        view = await session.desk.run(run)
        _tell(session, view, documents.run)
        if not json:
            said = "no limit" if limit is None else f"at most {words.rate(limit)}"
            session.out.text(f"{view.name} has a new rate: {said}.")
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json)


def parse_rate(text: str) -> float | None:
    """Messages a second; None for `none`. Raises `ConfigError` for what is no rate above 0."""
    if text.lower() == "none":
        return None
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ConfigError(f"{text!r} is no rate.", hint="Give messages a second, or none for no limit.")
    return value


def cancel(ctx: typer.Context, run: RunName, *, json: Json = False) -> None:
    """Cancel a run: what is not sent stays where it is."""

    async def act(session: Session) -> ExitCode:
        await session.desk.cancel(run)
        # What is in flight is settled first, perhaps by this very process: it must not end before.
        view = await rested(session, await session.desk.run(run))
        _tell(session, view, documents.run)
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json)


def report(ctx: typer.Context, run: RunName, *, json: Json = False) -> None:
    """Write each message's fate as JSON Lines."""
    del json

    async def act(session: Session) -> ExitCode:
        offset = 0
        while True:
            page = await session.desk.ledger(run, "", offset=offset, limit=PAGE)
            for row in page.rows:
                session.out.document(report_line(row))
            offset += len(page.rows)
            if not page.rows or offset >= page.total:
                return ExitCode.DONE

    program(ctx).run(act, json_wanted=True)


def _tell(session: Session, view: RunView, document: Document) -> None:
    if session.out.json_wanted:
        session.out.document(document(view))
        return
    session.out.text(tables.run_line(view))
    if view.resume and not view.state.active:
        session.out.text(f"Go on with: {view.resume}")
