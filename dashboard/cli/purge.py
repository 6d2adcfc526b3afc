"""`purge` and `restore`: take messages away for good, archived first, and bring them back."""

from typing import Annotated

import typer

from adapters.api import ConfigError
from dashboard.cli import documents, tables
from dashboard.cli.dead import reading
from dashboard.cli.exits import ExitCode
from dashboard.cli.follow import carry_out, planned
from dashboard.cli.options import Confirm, Conn, Env, Ids, Json, Read, Source, Where, Write
from dashboard.cli.program import program
from dashboard.cli.redrive import DryRun, read_ids, select
from dashboard.cli.session import Given, Session
from dashboard.core.runs import Draft

NoArchive = Annotated[
    bool, typer.Option("--no-archive", help="Let the broker purge the whole source: nothing can be restored.")
]
Archive = Annotated[
    str | None, typer.Argument(metavar="[ARCHIVE]", help="The archive that a purge named, as A-0001.")
]
List = Annotated[bool, typer.Option("--list", help="List archives, newest first, and restore nothing.")]
ToBoth = Annotated[
    tuple[str, str] | None,
    typer.Option(
        "--to", metavar="CONN TARGET", help="Where to; by default back where the messages came from."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command("purge")(purge)
    app.command("restore")(restore)


def purge(
    ctx: typer.Context,
    conn: Conn,
    source: Source,
    *,
    where: Where = "",
    ids: Ids = None,
    no_archive: NoArchive = False,
    dry_run: DryRun = False,
    confirm: Confirm = None,
    read: Read = False,
    env: Env = None,
    write: Write = False,
    json: Json = False,
) -> None:
    """Purge dead letters up to what was read, archived first; `restore` brings them back."""
    given = Given(conn, env, write)
    if where and ids is not None:
        raise ConfigError("--where and --ids exclude each other.")
    if no_archive and (where or ids is not None):
        raise ConfigError("--no-archive takes the whole source.", hint="Leave out --where and --ids.")

    async def act(session: Session) -> ExitCode:
        chosen = read_ids(session.out, ids)
        snapshot = await reading(session, given, source, afresh=read)
        selection = await select(session, snapshot, where, chosen)
        plan = await planned(session, Draft("purge", selection, archive=not no_archive))
        return await carry_out(session, plan, confirm, documents.purge, dry_run=dry_run)

    program(ctx).run(act, json_wanted=json, given=given)


def restore(
    ctx: typer.Context,
    archive: Archive = None,
    *,
    listed: List = False,
    to: ToBoth = None,
    dry_run: DryRun = False,
    confirm: Confirm = None,
    env: Env = None,
    write: Write = False,
    json: Json = False,
) -> None:
    """Restore the messages of an archive, or list archives."""
    if listed:
        if archive is not None or to is not None:
            raise ConfigError("--list stands alone: it restores nothing.")
        program(ctx).run(_list, json_wanted=json)
    if archive is None:
        raise ConfigError("Which archive?", hint="redrive restore --list shows them.")
    name = archive
    given = None if to is None else Given(to[0], env, write)

    async def act(session: Session) -> ExitCode:
        connection = None if given is None else (await session.use(given)).name
        plan = await session.desk.restore_plan(name, None if to is None else to[1], connection)
        return await carry_out(session, plan, confirm, documents.restore, dry_run=dry_run)

    program(ctx).run(act, json_wanted=json, given=given)


async def _list(session: Session) -> ExitCode:
    views = await session.desk.archives()
    if session.out.json_wanted:
        session.out.document(documents.archives(views))
    elif views:
        session.out.show(tables.archives(views))
    else:
        session.out.text("There is no archive. redrive purge makes one of what it takes away.")
    return ExitCode.DONE
