"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.api import Environment
from dashboard.cli.completion import saved_names

Conn = Annotated[
    str,
    typer.Argument(metavar="CONN", help="A saved connection's name, or a URL.", autocompletion=saved_names),
]
Source = Annotated[
    str, typer.Argument(metavar="SOURCE", help="The name of the resource that holds dead letters.")
]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="A run, as R-0001.")]
Env = Annotated[
    Environment | None,
    typer.Option(
        "--env", help="What is at stake there: overrides development on loopback, production elsewhere."
    ),
]
Write = Annotated[bool, typer.Option("--write", help="Allow writing to a production URL.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on one line.")]
Where = Annotated[
    str,
    typer.Option(
        "--where", metavar="QUERY", help="Only dead letters that match, as 'cause:TimeoutError -origin:mail'."
    ),
]
Ids = Annotated[
    Path | None,
    typer.Option("--ids", metavar="FILE", help="Only these ids, one a line; - reads them from stdin."),
]
Read = Annotated[bool, typer.Option("--read", help="Read the source again where looking costs something.")]
Limit = Annotated[int, typer.Option("--limit", min=0, metavar="N", help="Show at most so many.")]
Confirm = Annotated[
    str | None,
    typer.Option(
        "--confirm", metavar="NAME", help="The connection's name (of a URL host:port), typed to confirm."
    ),
]
