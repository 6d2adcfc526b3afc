"""`run`: sends dead letters back."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.api import ConfigError
from dashboard.cli import documents
from dashboard.cli.dead import reading
from dashboard.cli.exits import ExitCode
from dashboard.cli.follow import carry_out, planned
from dashboard.cli.options import Confirm, Conn, Env, Ids, Json, Read, Source, Where, Write
from dashboard.cli.output import Output
from dashboard.cli.program import program
from dashboard.cli.session import Given, Session
from dashboard.core.letters import Selection, SnapshotInfo
from dashboard.core.runs import Draft, Pace

To = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="TARGET", help="Where to, by default each to its own origin (NATS: a subject)."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan and change nothing.")]
Canary = Annotated[int, typer.Option("--canary", min=0, metavar="N", help="Send so many first.")]
WatchS = Annotated[
    float,
    typer.Option(
        "--watch", min=0.0, metavar="S", help="Seconds to watch the canary for messages that come back."
    ),
]
Rate = Annotated[
    float | None,
    typer.Option("--rate", min=0.001, metavar="N", help="Messages a second at most; by default no limit."),
]
Brake = Annotated[
    float,
    typer.Option(
        "--brake", min=0.0, max=100.0, metavar="PERCENT", help="Stop when so many of 100 come back."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Adds the command of this module."""
    app.command("run")(run)


def run(
    ctx: typer.Context,
    conn: Conn,
    source: Source,
    *,
    where: Where = "",
    ids: Ids = None,
    to: To = None,
    dry_run: DryRun = False,
    canary: Canary = 0,
    watch: WatchS = 0.0,
    rate: Rate = None,
    brake: Brake = 20.0,
    confirm: Confirm = None,
    read: Read = False,
    env: Env = None,
    write: Write = False,
    json: Json = False,
) -> None:
    """Redrive dead letters, each to its own origin or all to --to TARGET. No message is lost; Ctrl+C pauses."""
    given = Given(conn, env, write)
    if where and ids is not None:
        raise ConfigError("--where and --ids exclude each other.")
    if watch and not canary:
        raise ConfigError("--watch needs --canary N.", hint="As --canary 5 --watch 30.")
    pace = Pace(rate=rate, canary=canary, watch_s=watch, brake_percent=brake)

    async def act(session: Session) -> ExitCode:
        chosen = read_ids(session.out, ids)
        snapshot = await reading(session, given, source, afresh=read)
        selection = await select(session, snapshot, where, chosen)
        plan = await planned(session, Draft("redrive", selection, to=to, pace=pace))
        return await carry_out(session, plan, confirm, documents.run, dry_run=dry_run)

    program(ctx).run(act, json_wanted=json, given=given)


def read_ids(out: Output, path: Path | None) -> frozenset[str] | None:
    """Ids of a file, one a line, blank lines left out; raises `ConfigError` for a file without any."""
    if path is None:
        return None
    if str(path) == "-":
        lines = out.lines()
    else:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
            raise ConfigError(f"{path} cannot be read: {reason}.") from error
    found = frozenset(line.strip() for line in lines if line.strip())
    if not found:
        raise ConfigError(f"{path} holds no id.", hint="Put one id a line, as redrive dead ls shows them.")
    return found


async def select(
    session: Session, snapshot: SnapshotInfo, where: str, ids: frozenset[str] | None
) -> Selection:
    """What was chosen of a reading; an id that is not in it is an error, not a smaller set.

    Raises `ConfigError` with the first ids that are missing.
    """
    if ids is None:
        return Selection(snapshot.source, snapshot.id, where)
    there = {row.ref.key for row in await session.desk.find(snapshot.id, ids)}
    missing = sorted(ids - there)
    if missing:
        raise ConfigError(
            f"{len(missing)} of {len(ids)} ids are not in {snapshot.source.source}: {', '.join(missing[:5])}.",
            hint="Nothing was done. Take those lines out, or read the source again with --read.",
        )
    return Selection(snapshot.source, snapshot.id, ids=ids)
