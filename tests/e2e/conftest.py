"""Fixtures of the journeys: a real server, the program as a process, and a plain client."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.helpers.nats_server import NatsServer, nats_server
from tests.helpers.program import Redrive


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path / "nats") as started:
        yield started


@pytest.fixture
async def redrive(tmp_path: Path) -> AsyncIterator[Redrive]:
    made = Redrive(tmp_path / "home")
    yield made
    await made.close()
