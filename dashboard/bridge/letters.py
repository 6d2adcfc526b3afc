"""A dead letter opened for the window: its body is decoded in a thread, since the largest ones take a while."""

import asyncio
from dataclasses import dataclass

from dashboard.core.decode import BodyView, decode_body
from dashboard.core.desk import Desk
from dashboard.core.letters import LetterDetail


@dataclass(frozen=True, slots=True)
class OpenedLetter:
    """A dead letter whole, and its body as it is shown."""

    detail: LetterDetail
    body: BodyView


async def opened_letter(desk: Desk, snapshot: int, n: int) -> OpenedLetter:
    """One letter of a snapshot; raises what `Desk.letter` raises."""
    detail = await desk.letter(snapshot, n)
    return OpenedLetter(detail, await asyncio.to_thread(decode_body, detail.payload))
