"""`connect`, `connections` and `forget`: what is saved, and whether it answers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import typer

from adapters.api import ConfigError, ConnectError, Environment, Secret
from dashboard.cli import documents, tables
from dashboard.cli.completion import saved_names
from dashboard.cli.exits import ExitCode
from dashboard.cli.options import Conn, Env, Json
from dashboard.cli.program import program
from dashboard.cli.session import Given, Session
from dashboard.core.addresses import Address, is_reference, read_address
from dashboard.core.connections import Connection, TestResult

Name = Annotated[
    str | None, typer.Option("--name", metavar="N", help="What it is called; by default host:port.")
]
ReadOnly = Annotated[
    bool | None,
    typer.Option(
        "--read-only/--write", help="Whether writing is possible; production is read-only by default."
    ),
]
Url = Annotated[
    str | None, typer.Argument(metavar="URL", help="As nats://host:4222; asked for when left out.")
]
Saved = Annotated[
    str, typer.Argument(metavar="CONN", help="A saved connection's name.", autocompletion=saved_names)
]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command("connect")(connect)
    app.command("forget")(forget)
    group = typer.Typer(
        help="List saved connections; show, test or remove one.",
        invoke_without_command=True,
        rich_markup_mode=None,
    )
    group.callback()(connections)
    group.command("ls")(ls)
    group.command("show")(show)
    group.command("test")(probe)
    group.command("remove")(forget)
    app.add_typer(group, name="connections")


def connect(
    ctx: typer.Context,
    url: Url = None,
    *,
    name: Name = None,
    env: Env = None,
    read_only: ReadOnly = None,
    json: Json = False,
) -> None:
    """Test a connection and save it, its secrets in the keyring."""

    async def act(session: Session) -> ExitCode:
        text = url or _ask_url(session)
        info = session.registry.by_url(text)
        address = read_address(text, info)
        connection = _connection(address, name, env, read_only=read_only)
        session.warn_literal(address)
        secrets = {**address.secrets, **_typed_secrets(session, address)}
        result = await session.desk.try_connection(connection, secrets)
        _show_test(session, connection.name, result)
        kept = {key: value for key, value in secrets.items() if key not in address.secrets}
        await session.desk.save_connection(connection, kept)
        if kept and await session.desk.keyring_name() is None:
            session.out.warn(
                "There is no keyring here: the secret is asked for each time. Write ${NAME} in the URL."
            )
        rights = "read-only" if connection.read_only else "read and write"
        session.out.say(f"Saved {connection.name}: {connection.environment.value}, {rights}.")
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json)


def _ask_url(session: Session) -> str:
    if not session.out.asks:
        raise ConfigError("Which connection?", hint="Give its URL, as nats://127.0.0.1:4222.")
    return session.ask("URL (as nats://127.0.0.1:4222):")


def _connection(
    address: Address, name: str | None, env: Environment | None, *, read_only: bool | None
) -> Connection:
    made = address.connection(environment=env)
    if read_only is not None:
        made = replace(made, read_only=read_only)
    if name is not None and (not name.strip() or "/" in name or "://" in name):
        raise ConfigError(
            f"{name!r} is no name for a connection.", hint="Use letters, digits, dots and dashes."
        )
    return replace(made, name=name or made.name, saved=True)


def _typed_secrets(session: Session, address: Address) -> Mapping[str, Secret]:
    """A password for a user that came without one, where a person can be asked."""
    lacks = "user" in address.options and not address.secrets
    if not lacks or any(is_reference(value) for value in address.options.values()) or not session.out.asks:
        return {}
    secret = session.ask_secret(f"Password of {address.options['user']} (empty: none):")
    return {"password": secret} if secret.reveal() else {}


def forget(ctx: typer.Context, conn: Saved) -> None:
    """Forget a connection: its secrets, and what was read from it."""

    async def act(session: Session) -> ExitCode:
        connection = await session.saved(conn)
        await session.desk.forget_connection(connection.name)
        session.out.text(f"{connection.name} is forgotten, with its secrets and what was read from it.")
        return ExitCode.DONE

    program(ctx).run(act)


def connections(ctx: typer.Context, *, json: Json = False) -> None:
    """List saved connections."""
    if ctx.invoked_subcommand is None:
        ls(ctx, json=json)


def ls(ctx: typer.Context, *, json: Json = False) -> None:
    """List saved connections."""

    async def act(session: Session) -> ExitCode:
        views = [view for view in await session.desk.connections() if view.connection.saved]
        if json:
            session.out.document(documents.connections(views))
        elif views:
            session.out.show(tables.connections(views))
        else:
            session.out.text(
                "No connection is saved. redrive connect URL saves one; commands take a URL as well."
            )
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json)


def show(ctx: typer.Context, conn: Saved, *, json: Json = False) -> None:
    """Show a saved connection, without its secrets."""

    async def act(session: Session) -> ExitCode:
        document = documents.connection(await session.saved(conn))
        if json:
            session.out.document({"schema": documents.SCHEMA, **document})
        else:
            rows = [(key, _word(value)) for key, value in document.items()]
            session.out.show(tables.table((("", False), ("", False)), rows))
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key}={item}" for key, item in value.items()) or "none"
    return str(value)


def probe(ctx: typer.Context, conn: Conn, *, env: Env = None, json: Json = False) -> None:
    """Test a connection: whether it answers, and what the account may do."""
    given = Given(conn, env)

    async def act(session: Session) -> ExitCode:
        connection = await session.use(given)
        result = await session.desk.try_connection(connection, session.secrets(connection.name))
        _show_test(session, connection.name, result)
        return ExitCode.DONE

    program(ctx).run(act, json_wanted=json, given=given)


def _show_test(session: Session, name: str, result: TestResult) -> None:
    """Prints a test; raises `ConnectError` where it failed, once a document of it is out."""
    if session.out.json_wanted:
        session.out.document(documents.tested(name, result))
    else:
        rows = [(f.title, f.verdict, f.text, f.remedy) for f in result.findings]
        session.out.text(result.headline)
        session.out.show(tables.table((("", False), ("", False), ("", False), ("", False)), rows))
    if not result.ok:
        raise ConnectError(result.headline, hint=_remedy(result))


def _remedy(result: TestResult) -> str:
    return next((f.remedy for f in result.findings if f.good is False and f.remedy), "")
