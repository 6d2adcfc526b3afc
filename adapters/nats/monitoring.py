"""The monitoring endpoint: all streams and consumers of an account by one call a server.

`/jsz` tells of every replica the server holds; only what it leads is taken, or a cluster counts double (nats-server
server/monitor.go).
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from adapters.api import ConnectError, ProtocolError
from adapters.nats.facts import ConsumerFacts, StreamFacts, consumer_facts, stream_facts

_QUERY = "streams=true&consumers=true&config=true"
_WAIT_S = 10.0


@dataclass(slots=True)
class Fleet:
    """Streams and consumers as read at one time."""

    streams: list[StreamFacts] = field(default_factory=list)
    consumers: list[ConsumerFacts] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


class Monitoring:
    """The monitoring endpoints of the servers of one cluster."""

    def __init__(self, addresses: Sequence[str], account: str | None) -> None:
        self._addresses = addresses
        self._account = account or "$G"
        self._client: httpx.AsyncClient | None = None
        self._names: dict[str, str] = {}

    async def read(self) -> Fleet:
        """All servers at once. Raises `ConnectError` where one cannot be read: half a fleet is no fleet."""
        if self._client is None:
            # Loading the trust store takes tens of milliseconds.
            self._client = await asyncio.to_thread(httpx.AsyncClient, timeout=_WAIT_S)
        answers = await asyncio.gather(*(self._server(address) for address in self._addresses))
        fleet = Fleet()
        for name, answer in answers:
            gather(answer, name, self._account, fleet)
        return fleet

    async def _server(self, address: str) -> tuple[str, dict[str, Any]]:
        if address not in self._names:
            self._names[address] = str((await self._get(f"{address}/varz")).get("server_name", ""))
        return self._names[address], await self._get(f"{address}/jsz?acc={self._account}&{_QUERY}")

    async def _get(self, url: str) -> dict[str, Any]:
        assert self._client is not None
        place = url.split("?", 1)[0]
        try:
            answer = await self._client.get(url)
            answer.raise_for_status()
            found = await asyncio.to_thread(json.loads, answer.content)
        except httpx.HTTPStatusError as error:
            raise ConnectError(f"{place} answers {error.response.status_code}.", hint=_hint()) from None
        except httpx.HTTPError as error:
            raise ConnectError(f"{place} cannot be read: {type(error).__name__}.", hint=_hint()) from None
        except ValueError:
            raise ProtocolError(f"{place} answers no JSON.", hint=_hint()) from None
        if not isinstance(found, dict):
            raise ProtocolError(f"{place} answers no JSON object.", hint=_hint())
        return found

    async def close(self) -> None:
        """Closes its connections; idempotent."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def gather(answer: Mapping[str, Any], server: str, account: str, fleet: Fleet) -> None:
    """Adds what one server leads of an account to the fleet."""
    now = answer.get("now")
    for part in answer.get("account_details") or ():
        if part.get("name") != account and part.get("id") != account:
            continue
        for stream in part.get("stream_detail") or ():
            if _led(stream, server):
                fleet.streams.append(stream_facts({"ts": now, **stream}))
            fleet.consumers += [
                consumer_facts(it) for it in stream.get("consumer_detail") or () if _led(it, server)
            ]


def _led(detail: Mapping[str, Any], server: str) -> bool:
    leader = (detail.get("cluster") or {}).get("leader")
    return leader is None or leader == server


def _hint() -> str:
    return "Check the monitoring address (option monitoring), or leave it out."
