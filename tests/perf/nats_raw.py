"""The plain nats-py loop that a redrive is measured against: get, publish, PubAck, delete, in batches.

The same guarantee as a redrive's (a copy is confirmed before its original goes, and deduplicated by a message id),
nothing else: no digest, no ledger, no gate. One wildcard inbox and a callback that counts are what an expert would
write; `nc.request` per message is several times slower.
"""

import asyncio
import base64
import json
from collections.abc import Iterator, Sequence

from nats.aio.client import Client
from nats.aio.msg import Msg

BATCH = 500
IN_FLIGHT = 2


class RawLoop:
    """Moves messages of a stream to a subject by sequence."""

    def __init__(self, client: Client, stream: str, subject: str) -> None:
        self._client = client
        self._stream = stream
        self._subject = subject
        self._prefix = ""
        self._token = 0
        self._waiting: dict[int, tuple[_Batch, int]] = {}

    async def run(self, sequences: Sequence[int]) -> int:
        """Moves these; returns how many copies were confirmed and originals deleted."""
        inbox = self._client.new_inbox()
        self._prefix = f"{inbox}."
        subscription = await self._client.subscribe(f"{inbox}.*", cb=self._answer)
        batches = iter([sequences[at : at + BATCH] for at in range(0, len(sequences), BATCH)])
        moved = await asyncio.gather(*(self._worker(batches) for _ in range(IN_FLIGHT)))
        await subscription.unsubscribe()
        return sum(moved)

    async def _worker(self, batches: Iterator[Sequence[int]]) -> int:
        moved = 0
        for batch in batches:
            moved += await self._move(batch)
        return moved

    async def _move(self, batch: Sequence[int]) -> int:
        get = f"$JS.API.STREAM.MSG.GET.{self._stream}"
        got = await self._ask([(get, json.dumps({"seq": it}).encode(), None) for it in batch])
        copies = []
        for sequence, answer in zip(batch, got, strict=True):
            message = json.loads(answer.data)["message"]
            headers = _headers(base64.b64decode(message.get("hdrs", "")))
            headers["Nats-Msg-Id"] = f"raw/{sequence}"
            copies.append((self._subject, base64.b64decode(message.get("data", "")), headers))
        acks = await self._ask(copies)
        safe = [it for it, ack in zip(batch, acks, strict=True) if "seq" in json.loads(ack.data)]
        delete = f"$JS.API.STREAM.MSG.DELETE.{self._stream}"
        gone = await self._ask(
            [(delete, json.dumps({"seq": it, "no_erase": True}).encode(), None) for it in safe]
        )
        return sum(1 for answer in gone if json.loads(answer.data).get("success"))

    async def _ask(self, requests: Sequence[tuple[str, bytes, dict[str, str] | None]]) -> list[Msg]:
        batch = _Batch(len(requests))
        for place, (subject, body, headers) in enumerate(requests):
            self._token += 1
            self._waiting[self._token] = (batch, place)
            await self._client.publish(subject, body, f"{self._prefix}{self._token}", headers)
        return await batch.ended

    async def _answer(self, message: Msg) -> None:
        batch, place = self._waiting.pop(int(message.subject[len(self._prefix) :]))
        batch.took(place, message)


class _Batch:
    def __init__(self, count: int) -> None:
        self.ended: asyncio.Future[list[Msg]] = asyncio.get_running_loop().create_future()
        self._answers: list[Msg | None] = [None] * count
        self._left = count

    def took(self, place: int, answer: Msg) -> None:
        """Takes one answer."""
        self._answers[place] = answer
        self._left -= 1
        if not self._left:
            self.ended.set_result([it for it in self._answers if it is not None])


def _headers(block: bytes) -> dict[str, str]:
    lines = block.split(b"\r\n")[1:]
    pairs = (line.decode().partition(": ") for line in lines if line)
    return {name: value for name, _, value in pairs if name != "Nats-Msg-Id"}
