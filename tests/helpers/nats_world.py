"""Opens the NATS adapter as the program does, beside a plain client that looks behind its back."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext

from adapters.api import Adapter, ConnectionSpec, Secret, Services
from adapters.nats.adapter import make
from dashboard.engine.clock import SystemClock


def spec(
    url: str, options: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None
) -> ConnectionSpec:
    return ConnectionSpec(
        "nats",
        url,
        options or {},
        {name: Secret(value) for name, value in (secrets or {}).items()},
        "redrive test",
    )


@asynccontextmanager
async def opened(
    url: str, options: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None
) -> AsyncIterator[Adapter]:
    """An adapter that is open and is closed at the end."""
    adapter = make(spec(url, options, secrets), Services(SystemClock()))
    try:
        await adapter.open()
        yield adapter
    finally:
        await adapter.close(2.0)


@asynccontextmanager
async def plain(url: str, **options: Any) -> AsyncIterator[tuple[Client, JetStreamContext]]:
    """A client by the driver alone."""
    client = await nats.connect(url, **options)
    try:
        yield client, client.jetstream()
    finally:
        await client.close()
