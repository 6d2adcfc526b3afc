"""Finds copies in their target after a cut: by reading what the target got since a mark.

The search is exact: if each sequence from the mark to the end is there and none carries the key, there is no copy.
Where some are missing (consumed, expired, deleted) a key that is not found may have been among them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.api import (
    RUN_HEADER,
    Clock,
    CopyRef,
    Mark,
    Marks,
    NotFound,
    TargetRef,
    Try,
)
from adapters.common.seekable import CopySight
from adapters.nats.facts import StreamFacts, moment
from adapters.nats.headers import MSG_ID, parse
from adapters.nats.jetstream import JetStream
from adapters.nats.publishing import subject_trouble
from adapters.nats.reading import WINDOW, Reader, located

_MARGIN_S = 5.0
_KEYS = (MSG_ID, RUN_HEADER)
_CANNOT_TELL = CopySight("cannot_tell")


@dataclass(frozen=True, slots=True)
class TargetMark:
    """Where a target stood before the first publish of a run, and which server process said so."""

    stream: str
    created: str
    seq: int
    at: datetime
    server: str

    def dump(self) -> Mark:
        """As the port carries it."""
        return Mark(json.dumps([self.stream, self.created, self.seq, self.at.isoformat(), self.server]))


def load_mark(mark: Mark) -> TargetMark | None:
    """A mark of ours; None for what is none."""
    try:
        stream, created, seq, at, server = json.loads(mark.value)
        when = moment(at)
        return TargetMark(str(stream), str(created), int(seq), when, str(server)) if when else None
    except (ValueError, TypeError):
        return None


async def marks(js: JetStream, targets: Sequence[TargetRef], clock: Clock) -> Marks:
    """Where each target that a stream captures ends now."""
    found: dict[str, Mark] = {}
    for target in targets:
        if subject_trouble(target.name):
            continue
        stream = await js.capturing(target.name)
        if stream is not None:
            facts = await js.stream(stream)
            at = facts.at or clock.now()
            found[target.name] = TargetMark(
                stream, facts.created, facts.last_seq, at, js.inbox.client.server_id
            ).dump()
    return found


class Copies:
    """Looks for the copies of tries, one pass a target stream."""

    def __init__(self, js: JetStream, max_payload: int, clock: Clock) -> None:
        self._js = js
        self._max_payload = max_payload
        self._clock = clock

    async def find(self, tries: Sequence[Try], since: Marks) -> Sequence[CopySight]:
        """One sight a try, in order. Raises where the connection breaks."""
        by_target: dict[str, list[Try]] = {}
        for tried in tries:
            if tried.target is not None:
                by_target.setdefault(tried.target.name, []).append(tried)
        sights: dict[str, CopySight] = {}
        for name, some in by_target.items():
            mark = load_mark(since[name]) if name in since else None
            sights |= await self._target(name, some, mark) if mark else {}
        return [sights.get(tried.key, _CANNOT_TELL) for tried in tries]

    async def _target(self, name: str, tries: Sequence[Try], mark: TargetMark) -> dict[str, CopySight]:
        try:
            facts = await self._js.stream(mark.stream)
        except NotFound:
            return {}
        if facts.created != mark.created:
            return {}
        keys = {tried.key: tried.target for tried in tries}
        found, whole = await self._search(facts, mark.seq, set(keys))
        # A subject that another stream captures by now may have had copies there too.
        whole = whole and await self._js.capturing(name) == mark.stream
        rest = CopySight("none" if whole else "cannot_tell")
        sights: dict[str, CopySight] = {}
        for tried in tries:
            safe = self._again_safe(facts, mark, tried)
            sequence = found.get(tried.key)
            if sequence is None:
                sights[tried.key] = CopySight(rest.copy, safe)
            elif tried.target is not None:
                sights[tried.key] = CopySight("found", safe, CopyRef(tried.target, str(sequence)))
        return sights

    def _again_safe(self, facts: StreamFacts, mark: TargetMark, tried: Try) -> bool:
        """Whether the stream still drops a second copy.

        The window runs from the send. The mark lies before every send, so an age counted from it is never too short.
        Each age is of one clock: the server's for the mark, ours for the send. A server that was started anew has only
        the ids of what it still holds (rebuildDedupe in server/stream.go): a copy taken meanwhile is forgotten.
        """
        if mark.server != self._js.inbox.client.server_id:
            return False
        ages = [(facts.at or self._clock.now()) - mark.at]
        if tried.sent_at is not None:
            ages.append(self._clock.now() - tried.sent_at)
        longest = timedelta(seconds=facts.duplicate_s - _MARGIN_S)
        return any(timedelta(0) <= age < longest for age in ages)

    async def _search(self, facts: StreamFacts, after: int, keys: set[str]) -> tuple[dict[str, int], bool]:
        """Sequences by key, and whether each message since `after` was seen; ends early when all keys are found."""
        reader = Reader(self._js, facts, self._max_payload)
        found: dict[str, int] = {}
        seen, at = 0, max(after + 1, 1)
        position: int | None = at
        while position is not None and position <= facts.last_seq and len(found) < len(keys):
            page = await reader.read(position, facts.last_seq, WINDOW)
            for answer in page.answers:
                sequence, head = located(answer)
                seen += 1
                for key in keys.intersection(_keys_in(head)):
                    found.setdefault(key, sequence)
            position = page.next_seq
        return found, seen >= facts.last_seq - after


def _keys_in(head: bytes) -> list[str]:
    """The values of the headers that may carry our key."""
    if not any(name.encode() in head for name in _KEYS):
        return []
    return [it.value.decode("utf-8", "replace") for it in parse(head) if it.name in _KEYS]
