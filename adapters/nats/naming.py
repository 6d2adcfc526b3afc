"""Which streams are dead-letter streams by their names, and where their messages came from.

All rules are data: a stream's name with the origin's name in it, or a word that is a whole token of its subjects.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.api import DeadLetterLink, Origin
from adapters.nats.facts import StreamFacts, covers_any

_WORD = r"(?:dead[-_]?letters?|dead|dlq|dlt)"
NAMES: Sequence[re.Pattern[str]] = (
    re.compile(rf"^(?P<origin>.+)[-_]{_WORD}$", re.IGNORECASE),
    re.compile(rf"^{_WORD}[-_](?P<origin>.+)$", re.IGNORECASE),
    re.compile(rf"^{_WORD}s?$", re.IGNORECASE),
)
TOKEN = re.compile(rf"^{_WORD}s?$", re.IGNORECASE)
"""`ORDERS_DLQ`, `orders-dlq`, `DLQ_ORDERS`, `dead-letters`; subjects as `orders.dead.>`, `dlq.orders`."""


def _plain(name: str) -> str:
    return re.sub(r"[-_]", "", name).lower()


def _origin_by_name(name: str) -> tuple[bool, str | None]:
    for pattern in NAMES:
        found = pattern.match(name)
        if found:
            return True, found.groupdict().get("origin")
    return False, None


def live_subjects(subject: str) -> list[str]:
    """What a dead letter's subject was before, as far as its tokens tell: without the words that mean death."""
    tokens = subject.split(".")
    kept = [token for token in tokens if not TOKEN.match(token)]
    return [".".join(kept)] if kept and len(kept) < len(tokens) else []


class Names:
    """The names of all streams, found whatever their case and dashes."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_plain: dict[str, list[str]] = {}
        for name in names:
            self._by_plain.setdefault(_plain(name), []).append(name)

    def like(self, name: str) -> Sequence[str]:
        """The streams of about this name."""
        return self._by_plain.get(_plain(name), ())


def link(stream: StreamFacts, names: Names) -> DeadLetterLink | None:
    """Whether a stream holds dead letters by its name or subjects; `of` only where such a stream exists."""
    by_name, origin = _origin_by_name(stream.name)
    by_subject = any(TOKEN.match(token) for subject in stream.subjects for token in subject.split("."))
    if not (by_name or by_subject):
        return None
    found = names.like(origin) if origin else ()
    return DeadLetterLink(of=tuple(it for it in found if it != stream.name), known_by="name")


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the letters of one source came from: the streams it belongs to, with what these capture."""

    streams: tuple[StreamFacts, ...] = ()

    def of(self, subject: str) -> Origin | None:
        """The origin of a letter that lies under `subject`.

        Names tell the stream, never the target: a subject that is guessed sends other people's orders somewhere.
        """
        for stream in self.streams:
            if any(covers_any(stream.subjects, live) for live in live_subjects(subject)):
                return Origin(stream.name)
        return Origin(self.streams[0].name) if self.streams else None
