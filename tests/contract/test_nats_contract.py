"""The contract suite on a real NATS server, by both ways of reading."""

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.testing.harness import Harness
from adapters.testing.suite import AdapterContract
from tests.contract.nats_harness import NatsHarness
from tests.helpers.cut_proxy import cut_proxy
from tests.helpers.nats_server import NatsServer, nats_server

# The standard library loads this class when the first thread is asked for: inside the watched loop, from disk.
LOADED = (ThreadPoolExecutor,)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    folder: Path = tmp_path_factory.mktemp("nats")
    with nats_server(folder) as found:
        yield found


class TestNats(AdapterContract):
    @pytest_asyncio.fixture(params=[False, True], ids=["message-get", "direct-get"])
    async def harness(self, server: NatsServer, request: pytest.FixtureRequest) -> AsyncIterator[Harness]:
        async with cut_proxy(server.port) as proxy:
            yield NatsHarness(server, proxy, direct=request.param)
