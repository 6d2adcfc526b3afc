"""`dead`: what lies in a dead-letter source, and why it died."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.api import ConfigError, Gone, NotFound
from dashboard.cli import detail, documents, tables
from dashboard.cli import export as exported
from dashboard.cli.exits import ExitCode
from dashboard.cli.export import Format, Writing
from dashboard.cli.options import Conn, Env, Json, Limit, Read, Source, Where
from dashboard.cli.program import program
from dashboard.cli.session import Given, Session
from dashboard.core import letter_documents, words
from dashboard.core.letters import LetterDetail, LetterRow, SnapshotInfo, SourceKey

Id = Annotated[str, typer.Argument(metavar="ID", help="The id that `dead ls` shows.")]
Raw = Annotated[bool, typer.Option("--raw", help="Write the body's bytes and nothing else.")]
Fmt = Annotated[
    Format, typer.Option("--format", help="JSON Lines with bodies, or a table for a spreadsheet.")
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write to a new file in place of stdout.")
]
PAGE = 500
"""Rows asked of the store at once."""


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this group."""
    group = typer.Typer(help="List, group, show and export dead letters.", rich_markup_mode=None)
    group.command("ls")(ls)
    group.command("groups")(groups)
    group.command("show")(show)
    group.command("export")(export)
    app.add_typer(group, name="dead")


def ls(
    ctx: typer.Context,
    conn: Conn,
    source: Source,
    *,
    where: Where = "",
    limit: Limit = 100,
    read: Read = False,
    env: Env = None,
    json: Json = False,
) -> None:
    """List dead letters in the source's order, oldest first."""
    given = Given(conn, env)

    async def act(session: Session) -> ExitCode:
        snapshot = await reading(session, given, source, afresh=read)
        total, rows = await _rows(session, snapshot, where, limit)
        if json:
            session.out.document(documents.letters(snapshot, total, rows))
            return ExitCode.DONE
        if total == 0:
            session.out.text(_none(source, where))
            return ExitCode.DONE
        session.out.show(tables.letters(rows))
        shown = "" if len(rows) == total else f", {words.count(len(rows))} shown: --limit N shows more"
        session.out.text(f"{words.plural(total, 'dead letter')}{shown}.")
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json, given=given)


def groups(
    ctx: typer.Context,
    conn: Conn,
    source: Source,
    *,
    where: Where = "",
    read: Read = False,
    env: Env = None,
    json: Json = False,
) -> None:
    """Group dead letters by cause."""
    given = Given(conn, env)

    async def act(session: Session) -> ExitCode:
        snapshot = await reading(session, given, source, afresh=read)
        found = await session.desk.groups(snapshot.id, where)
        if json:
            session.out.document(documents.groups(source, found))
        elif found:
            session.out.show(tables.groups(found))
        else:
            session.out.text(_none(source, where))
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json, given=given)


def show(
    ctx: typer.Context,
    conn: Conn,
    source: Source,
    id: Id,  # noqa: A002
    *,
    raw: Raw = False,
    read: Read = False,
    env: Env = None,
    json: Json = False,
) -> None:
    """Show one dead letter: failure, headers, body."""
    given = Given(conn, env)
    if raw and json:
        raise ConfigError("--raw and --json exclude each other.")

    async def act(session: Session) -> ExitCode:
        snapshot = await reading(session, given, source, afresh=read)
        letter = await _letter(session, snapshot, id)
        if json:
            session.out.document(letter_documents.letter(snapshot, letter))
        elif raw:
            if isinstance(letter.payload, Gone):
                raise NotFound(f"The body of {id} is gone: {letter.payload.why}")
            session.out.raw(letter.payload.body)
        else:
            session.out.show(detail.letter(letter))
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json or raw, given=given)


def export(
    ctx: typer.Context,
    conn: Conn,
    source: Source,
    *,
    where: Where = "",
    limit: Annotated[int | None, typer.Option("--limit", min=0, metavar="N", help="At most so many.")] = None,
    fmt: Fmt = Format.JSONL,
    out: Out = None,
    read: Read = False,
    env: Env = None,
    json: Json = False,
) -> None:
    """Export dead letters whole, as JSON Lines (the default) or CSV."""
    given = Given(conn, env)
    if json and fmt is not Format.JSONL:
        raise ConfigError("--json and --format csv exclude each other.")

    async def act(session: Session) -> ExitCode:
        snapshot = await reading(session, given, source, afresh=read)
        with Writing(session.out, out) as writing:
            writing.write(exported.head(fmt))
            count = await _export(session, snapshot, where, limit, fmt, writing)
        session.out.note(f"{words.plural(count, 'dead letter')} exported.")
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=True, given=given)


async def _export(
    session: Session, snapshot: SnapshotInfo, where: str, limit: int | None, fmt: Format, writing: Writing
) -> int:
    count = 0
    while limit is None or count < limit:
        size = PAGE if limit is None else min(PAGE, limit - count)
        page = await session.desk.page(snapshot.id, where, offset=count, limit=size)
        for row in page.rows:
            writing.write(exported.line(fmt, snapshot, await session.desk.letter(snapshot.id, row.n)))
        count += len(page.rows)
        if not page.rows or count >= page.total:
            break
    return count


async def reading(session: Session, given: Given, source: str, *, afresh: bool) -> SnapshotInfo:
    """The reading of a source named on the command line."""
    connection = await session.use(given)
    return await session.reading(SourceKey(connection.name, source), afresh=afresh)


async def _rows(
    session: Session, snapshot: SnapshotInfo, where: str, limit: int
) -> tuple[int, list[LetterRow]]:
    rows: list[LetterRow] = []
    while True:
        page = await session.desk.page(
            snapshot.id, where, offset=len(rows), limit=min(PAGE, limit - len(rows))
        )
        rows += page.rows
        if not page.rows or len(rows) >= min(limit, page.total):
            return page.total, rows


def _none(source: str, where: str) -> str:
    return (
        f"No dead letter of {source} matches {where}." if where else f"No dead letter was read from {source}."
    )


async def _letter(session: Session, snapshot: SnapshotInfo, key: str) -> LetterDetail:
    found = await session.desk.find(snapshot.id, [key])
    if not found:
        raise NotFound(
            f"There is no dead letter {key!r} in {snapshot.source.source}.",
            hint="redrive dead ls shows the ids.",
        )
    return await session.desk.letter(snapshot.id, found[0].n)
