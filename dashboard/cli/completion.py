"""What the shell is offered: names of saved connections and of runs need no broker."""

import typer

from adapters.api import RedriveError
from dashboard.cli.program import Program
from dashboard.engine.workspace import Workspace


def saved_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Saved connections that begin so; a workspace that cannot be read offers none."""
    made = ctx.find_object(Program)
    if made is None:
        return []
    try:
        contents = Workspace(made.home.workspace_toml).load()
    except RedriveError:
        return []
    names = [saved.connection.name for saved in contents.connections]
    return [name for name in names if name.startswith(incomplete)]
