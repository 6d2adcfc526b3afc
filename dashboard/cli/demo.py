"""`demo`: a broker and a shop of its own, to look and to rehearse."""

from pathlib import Path
from typing import Annotated

import typer

from dashboard.cli.options import Json
from dashboard.cli.program import program
from dashboard.cli.window import demo_pictures, open_demo_window
from dashboard.store.home import Home

Broker = Annotated[str, typer.Option("--broker", metavar="KIND", help="Which broker to start.")]
Scenario = Annotated[
    str | None,
    typer.Option("--scenario", metavar="NAME", help="poison, slow-consumer, kill-consumer or burst."),
]
Headless = Annotated[bool, typer.Option("--headless", help="Without a window: tell the story on stderr.")]
ForS = Annotated[float | None, typer.Option("--for", min=1.0, metavar="S", help="End after so many seconds.")]
Screenshot = Annotated[
    Path | None,
    typer.Option("--screenshot", metavar="DIR", help="Write pictures of the window into this folder."),
]


def add_to(app: typer.Typer) -> None:
    """Adds the command of this module."""
    app.command("demo")(demo)


def demo(
    ctx: typer.Context,
    *,
    broker: Broker = "nats",
    scenario: Scenario = None,
    headless: Headless = False,
    for_s: ForS = None,
    screenshot: Screenshot = None,
    json: Json = False,
) -> None:
    """Start a broker and a small shop whose messages die, and bring them back."""
    # Imported when it is asked for: the other commands start without the demo's clients.
    from dashboard.demo.main import DemoOptions, DemoParts, run_demo

    made = program(ctx)
    made.start_log()
    options = DemoOptions(
        broker=broker,
        scenario=scenario,
        headless=headless,
        for_s=for_s,
        screenshot=screenshot,
        json=json,
    )
    parts = DemoParts(
        out=made.streams.stdout,
        err=made.streams.stderr,
        open_desk=lambda folder: made.open_desk(Home(folder, folder), watch=True),
        open_window=lambda asked: open_demo_window(made, asked),
        tell_with_pictures=demo_pictures,
    )
    raise typer.Exit(run_demo(options, parts))
