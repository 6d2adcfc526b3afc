"""From nothing to a finished redrive in the window of the real program: by mouse alone, and by keys alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.dead_orders import ORIGIN, SOURCE, TARGET, body_of, connected, contents, seed
from tests.helpers.display import Person, Process, display, program
from tests.helpers.nats_server import NatsServer
from tests.helpers.program import Redrive

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

COUNT = 30
CANARY = 5
WATCH_S = "2"
JOURNEY_S = 60.0
NAME = "orders"


@asynccontextmanager
async def seated(redrive: Redrive, server: NatsServer, folder: Path) -> AsyncIterator[tuple[Process, Person]]:
    """A person before the open window of a program that has never run, beside a server with dead letters."""
    async with connected(server.url) as (_, js):
        await seed(js, COUNT)
    assert not redrive.home.exists()
    async with (
        display(folder) as screen,
        program({**redrive.environ, **screen, "REDRIVE_HOME": str(redrive.home)}, folder) as (
            process,
            person,
        ),
        asyncio.timeout(JOURNEY_S),
    ):
        await person.opens_the_window()
        yield process, person
    assert (folder / "program.log").read_text() == ""
    log = (redrive.home / "logs" / "redrive.log").read_text().splitlines()
    assert [line for line in log if json.loads(line)["level"] in {"warning", "error", "critical"}] == []


async def held(server: NatsServer, stream: str) -> list[tuple[str, bytes]]:
    async with connected(server.url) as (_, js):
        return sorted((message.subject, message.body) for message in await contents(js, stream))


async def all_went_back(redrive: Redrive, server: NatsServer) -> None:
    """At the broker by a plain client, and in the ledger by the command line."""
    assert await held(server, SOURCE) == []
    assert await held(server, ORIGIN) == sorted((TARGET, body_of(number)) for number in range(1, COUNT + 1))
    listed = await redrive("runs", "ls", "--json")
    assert listed.code == 0, listed.err
    (run,) = listed.json["runs"]
    wanted: dict[str, Any] = {"run": "R-0001", "state": "done", "source": SOURCE, "targets": [TARGET]}
    wanted |= {"frozen": COUNT, "moved": COUNT, "kept": 0, "gone": 0, "unknown": 0, "returned": 0}
    assert {name: run[name] for name in wanted} == wanted


async def test_that_the_mouse_alone_leads_from_an_address_to_a_finished_redrive(
    redrive: Redrive, server: NatsServer, tmp_path: Path
) -> None:
    async with seated(redrive, server, tmp_path / "desk") as (_, person):
        await person.click("Address of a broker")
        await person.type(server.url)
        await person.click("Connect…")
        await person.click("Test")
        await person.sees(f"127.0.0.1:{server.port} answers.")
        await person.click("Save and connect")
        await plan_by_mouse(person)
        await person.click(f"Send {CANARY}, then the other {COUNT - CANARY}")
        await person.sees(f"Done: {COUNT} sent", within=20)
        only_the_mouse(person)
    assert person.typed == server.url + WATCH_S
    await all_went_back(redrive, server)


async def test_that_the_mouse_alone_leads_there_in_production_with_its_name_typed(
    redrive: Redrive, server: NatsServer, tmp_path: Path
) -> None:
    async with seated(redrive, server, tmp_path / "desk") as (_, person):
        await person.click("Connect… (Ctrl+N)")
        await person.click("Address", kind="QLineEdit")
        await person.type(server.url)
        await person.click("Environment: Production")
        await person.click("Read-only")
        await person.click("Test")
        name = f"127.0.0.1:{server.port}"
        await person.sees(f"{name} answers.")
        await person.click("Save and connect")
        await plan_by_mouse(person)
        await person.click(f"Type {name} to go on")
        await person.type(name)
        await person.click(f"Send {CANARY} canary messages")
        await person.sees(f"{CANARY} canary messages sent, none seen back*", within=20)
        assert len(await held(server, ORIGIN)) == CANARY
        await person.click(f"Type {name} again for the rest")
        await person.type(name)
        await person.click(f"Send {COUNT - CANARY} at 50 a second")
        await person.sees(f"Done: {COUNT} sent", within=20)
        only_the_mouse(person)
    assert person.typed == server.url + WATCH_S + name + name
    await all_went_back(redrive, server)


async def plan_by_mouse(person: Person) -> None:
    """From Watch to a plan for all dead letters whose canary is watched for a moment."""
    await person.click("Dead letters", kind="NavButton")
    await person.sees("Field total of order … is null", kind="cell")
    await person.click("Watch", kind="NavButton")
    await person.click(SOURCE, times=2, kind="cell")
    await person.sees(f"{COUNT} selected")
    await person.click("Redrive…")
    await person.click("Seconds to watch the canary", times=2)
    await person.type(WATCH_S)
    # The plan follows what was typed; until it has, its button takes no click.
    await person.sees(f"about {WATCH_S}.*")


def only_the_mouse(person: Person) -> None:
    """No key has come but those of what was typed."""
    sight = person.look()
    assert sight.mouse > 0
    assert len(sight.pressed) == len(person.typed), sight.pressed


async def test_that_keys_alone_lead_from_an_address_to_a_finished_redrive_in_production(
    redrive: Redrive, server: NatsServer, tmp_path: Path
) -> None:
    async with seated(redrive, server, tmp_path / "desk") as (process, person):
        await connect_by_keys(person, server.url)
        await person.press("ctrl+2")
        await person.focuses("Causes over all sources")
        await person.sees("Field total of order … is null", kind="cell")
        await person.press("ctrl+1")
        await person.focuses("Sources in the order of need")
        await person.press("d")
        await person.focuses("Dead letters")
        await person.sees(f"{COUNT} selected")
        await person.press("r")
        await person.focuses(f"Type {NAME} to go on")
        await person.tab_to("Seconds to watch the canary", key="shift+Tab")
        await person.press("ctrl+a")
        await person.type(WATCH_S)
        await person.sees(f"about {WATCH_S}.*")
        await person.tab_to(f"Type {NAME} to go on")
        await confirm_by_keys(person, f"Send {CANARY} canary messages")
        await person.sees(f"{CANARY} canary messages sent, none seen back*", within=20)
        assert len(await held(server, ORIGIN)) == CANARY
        await person.press("ctrl+space")
        await person.focuses(f"Type {NAME} again for the rest")
        await confirm_by_keys(person, f"Send {COUNT - CANARY} at 50 a second")
        await person.sees(f"Done: {COUNT} sent", within=20)
        assert person.look().mouse == 0
        await person.press_last("ctrl+q")
        assert await asyncio.wait_for(process.wait(), 10) == 0
    await all_went_back(redrive, server)


async def connect_by_keys(person: Person, url: str) -> None:
    """Saves the connection as production that may be written to."""
    await person.focuses("Address of a broker")
    await person.type(url)
    await person.press("Return")
    await person.focuses("Address")
    await person.tab_to("Name")
    await person.press("ctrl+a")
    await person.type(NAME)
    await person.tab_to("Environment: Development")
    await person.press("Left", "Left", "space")
    await person.focuses("Environment: Production")
    await person.tab_to("Read-only")
    await person.press("space", "ctrl+t")
    await person.sees(f"{NAME} answers.")
    await person.press("ctrl+Return")
    await person.focuses("Sources in the order of need")
    await person.sees(SOURCE, kind="cell")


async def confirm_by_keys(person: Person, button: str) -> None:
    """Types the name of the connection, then lets Enter lead to the button, and presses it."""
    await person.type(NAME)
    await person.sees(button, kind="Button")
    await person.press("Return")
    await person.focuses(button)
    await person.press("space")
