"""A `dead.db` of its own for a test, and a slow search that serves as the oracle."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.api import DeadLetter, Payload, SourceRef
from dashboard.core.causes import short_name
from dashboard.core.examine import Examined, Examiner, json_body, searched_text
from dashboard.core.letters import SourceKey
from dashboard.core.query import QueryParser
from dashboard.core.query_tree import All, Either, Everything, Field, Kind, Match, Node, Not, Null, Test, Text
from dashboard.core.query_values import MISSING, at_path, cause_predicate, predicate
from dashboard.store.dead_letters import SnapshotStore
from dashboard.store.dead_record import SnapshotRecorder
from dashboard.store.schemas import DEAD
from dashboard.store.writer import Reader, Writer
from tests.helpers.clocks import FakeClock
from tests.helpers.letters import conventions, normaliser, shipped

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = SourceKey("shop", "ORDERS_DLQ")


class DeadFile:
    """The store on a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(NOW)
        self.examiner = Examiner(conventions(), normaliser())
        self.writer = Writer(folder / "dead.db", DEAD)
        self.reader = Reader(folder / "dead.db")
        self.recorder = SnapshotRecorder(self.writer, self.clock, self.examiner)
        self.parser = QueryParser(shipped("query.lark"))
        self.store = SnapshotStore(self.reader, self.clock, self.parser)

    def read(
        self, letters: Sequence[DeadLetter], *, key: SourceKey = KEY, finish: bool = True, batch: int = 7
    ) -> int:
        snapshot = self.recorder.begin(key, SourceRef(key.source, "made"), len(letters)).result(5)
        for begin in range(0, len(letters), batch):
            self.recorder.append(snapshot, letters[begin : begin + batch]).result(30)
        if finish:
            self.recorder.finish(snapshot, complete=True).result(5)
        return snapshot

    def numbers(self, snapshot: int, where: str, order: str = "", *, descending: bool = False) -> list[int]:
        page = self.store.page(snapshot, where, order=order, descending=descending, offset=0, limit=1_000_000)
        assert page.total == len(page.rows)
        return [row.n for row in page.rows]

    def close(self) -> None:
        self.writer.close()
        self.reader.close()


def slow_search(examiner: Examiner, letters: Sequence[DeadLetter], node: Node) -> list[int]:
    """Numbers of the letters that match, each tested by itself."""
    examined = [examiner.examine(letter) for letter in letters]
    return [n for n, one in enumerate(examined, 1) if _matches(one, node)]


def _matches(one: Examined, node: Node) -> bool:
    match node:
        case Everything():
            return True
        case Not(part):
            return not _matches(one, part)
        case All(parts):
            return all(_matches(one, part) for part in parts)
        case Either(parts):
            return any(_matches(one, part) for part in parts)
        case Text(text, prefix):
            return _has_text(one, text, prefix=prefix)
        case Match(field, test):
            return _passes(one, field, test)


def _has_text(one: Examined, text: str, *, prefix: bool) -> bool:
    payload = one.letter.payload if isinstance(one.letter.payload, Payload) else None
    searched = searched_text(one.failure, payload).casefold()
    tokens = re.findall(r"[^\W_]+", text.casefold()) if max(text) < "\u2e80" else []
    words = set(re.findall(r"[^\W_]+", searched))
    if tokens and not (
        set(tokens[:-1]) <= words
        and any(word.startswith(tokens[-1]) if prefix else word == tokens[-1] for word in words)
    ):
        return False
    return tokens == [text.casefold()] or text.casefold() in searched


def _passes(one: Examined, field: Field, test: Test) -> bool:
    letter, failure = one.letter, one.failure
    payload = letter.payload if isinstance(letter.payload, Payload) else Payload(b"")
    if field.kind is Kind.CAUSE:
        return cause_predicate(test)(one.cause.id, one.cause.title, one.cause.exception)
    passes = predicate(test)
    if field.kind is Kind.HEADER:
        values = [h.value.decode("utf-8", "replace") for h in payload.headers if h.name.lower() == field.name]
        return not values if isinstance(test, Null) else any(passes(value) for value in values)
    if field.kind is Kind.BODY:
        data = json_body(payload.body)
        return passes(MISSING if data is None else at_path(data, field.path))
    if field.name == "exception":
        return passes(failure.exception or None) or passes(short_name(failure.exception) or None)
    if field.name == "reason" and hasattr(test, "value"):
        return test.value.casefold() in (failure.message or failure.exception).casefold()
    at = letter.at or failure.at
    values_by_name: dict[str, Any] = {
        "id": letter.ref.key,
        "reason": failure.message or failure.exception,
        "origin": failure.origin,
        "target": failure.target,
        "address": letter.address,
        "trace": one.trace,
        "at": at.timestamp() if at else None,
        "attempts": failure.attempts,
        "size": len(payload.body),
        "redriven": one.redriven,
    }
    return passes(values_by_name[field.name])
