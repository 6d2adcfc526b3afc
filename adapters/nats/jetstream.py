"""The JetStream API as requests: single calls, many at once, and lists page by page."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.api import (
    ConnectionSpec,
    Disconnected,
    Effect,
    FeatureMissing,
    NotFound,
    ProtocolError,
    RedriveError,
    Replaced,
    SourceRef,
)
from adapters.nats.facts import ConsumerFacts, StreamFacts, consumer_facts, stream_facts
from adapters.nats.failures import JETSTREAM_HINT, api_error
from adapters.nats.headers import status
from adapters.nats.inbox import Inbox
from adapters.nats.wire import Request, Result

Call = tuple[str, Mapping[str, Any] | None]
"""The API's name after the prefix, as "STREAM.INFO.A", and its arguments."""


class JetStream:
    """The API of one account."""

    def __init__(self, inbox: Inbox, spec: ConnectionSpec) -> None:
        self.inbox = inbox
        domain = spec.options.get("domain", "")
        self.prefix = f"$JS.{domain}.API." if domain else "$JS.API."
        self._hint = f"Is the domain {domain!r} right? {JETSTREAM_HINT}" if domain else JETSTREAM_HINT

    async def calls(
        self, calls: Sequence[Call], *, doing: str, effect: Effect = Effect.NOT_DONE
    ) -> list[dict[str, Any] | RedriveError]:
        """One decoded answer or error a call, in order, all under way at once."""
        requests = [
            Request(self.prefix + name, b"" if arguments is None else json.dumps(arguments).encode())
            for name, arguments in calls
        ]
        results = await self.inbox.ask(requests, doing=doing, effect=effect)
        return [self.decode(result, doing, effect) for result in results]

    async def call(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        doing: str,
        effect: Effect = Effect.NOT_DONE,
    ) -> dict[str, Any]:
        """One call's answer. Raises what the answer says."""
        result = (await self.calls([(name, arguments)], doing=doing, effect=effect))[0]
        if isinstance(result, RedriveError):
            raise result
        return result

    def decode(self, result: Result, doing: str, effect: Effect) -> dict[str, Any] | RedriveError:
        """The JSON of an answer, or the error that it is."""
        if isinstance(result, RedriveError):
            return result
        if result.head and status(result.head) == 503:
            return FeatureMissing(f"{doing}: nothing answers to JetStream requests here.", hint=self._hint)
        try:
            answer = json.loads(result.body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            return ProtocolError(f"{doing}: the answer is no JSON object.", effect=effect)
        return (api_error(answer, doing) if "error" in answer else None) or answer

    async def account(self) -> dict[str, Any]:
        """Limits and use of the account; raises `FeatureMissing` where it has no JetStream."""
        return await self.call("INFO", doing="Asking for JetStream")

    async def stream(self, name: str) -> StreamFacts:
        """One stream. Raises `NotFound`, `Denied`."""
        check_name(name)
        return stream_facts(await self.call(f"STREAM.INFO.{name}", doing=f"Reading stream {name}"))

    async def same(self, source: SourceRef) -> StreamFacts:
        """The stream of a source. Raises `Replaced` where it was made anew since."""
        facts = await self.stream(source.name)
        check_incarnation(source, facts)
        return facts

    async def streams(self) -> tuple[list[StreamFacts], list[str]]:
        """All streams by name, and what the server could not tell."""
        entries, troubles = await self._list("STREAM.LIST", "streams", "Listing streams")
        found = {facts.name: facts for facts in map(stream_facts, entries)}
        return [found[name] for name in sorted(found)], troubles

    async def consumers(self, streams: Sequence[str]) -> tuple[list[ConsumerFacts], list[str]]:
        """All consumers of these streams, in the streams' order; first pages of all streams at once, then the rest."""
        first = [(f"CONSUMER.LIST.{name}", {"offset": 0}) for name in streams]
        answers = await self.calls(first, doing="Listing consumers")
        more: list[Call] = []
        for name, answer in zip(streams, answers, strict=True):
            if isinstance(answer, dict):
                more += [(f"CONSUMER.LIST.{name}", {"offset": at}) for at in _offsets(answer, "consumers")]
        answers += await self.calls(more, doing="Listing consumers")
        found: dict[str, ConsumerFacts] = {}
        troubles: list[str] = []
        for (name, _), answer in zip([*first, *more], answers, strict=True):
            if isinstance(answer, Disconnected):
                raise answer
            if isinstance(answer, RedriveError):
                troubles.append(f"{name.rsplit('.', 1)[1]}: {answer}")
                continue
            for facts in map(consumer_facts, answer.get("consumers") or ()):
                found[facts.full_name] = facts
            troubles += [f"{it} did not answer" for it in answer.get("missing") or ()]
        return list(found.values()), troubles

    async def _list(self, name: str, key: str, doing: str) -> tuple[list[dict[str, Any]], list[str]]:
        first = await self.call(name, {"offset": 0}, doing=doing)
        rest = await self.calls([(name, {"offset": at}) for at in _offsets(first, key)], doing=doing)
        entries = list(first.get(key) or ())
        troubles = _missing(first)
        for answer in rest:
            if isinstance(answer, Disconnected):
                raise answer
            if isinstance(answer, RedriveError):
                troubles.append(str(answer))
            else:
                entries += answer.get(key) or ()
                troubles += _missing(answer)
        return entries, troubles

    async def names(self) -> list[str]:
        """The names of all streams."""
        answer = await self.call("STREAM.NAMES", {"offset": 0}, doing="Listing streams")
        names = list(answer.get("streams") or ())
        rest = [("STREAM.NAMES", {"offset": at}) for at in _offsets(answer, "streams")]
        for page in await self.calls(rest, doing="Listing streams"):
            if isinstance(page, RedriveError):
                raise page
            names += page.get("streams") or ()
        return names

    async def capturing(self, subject: str) -> str | None:
        """The stream that captures a subject, None for none."""
        answer = await self.call(
            "STREAM.NAMES", {"subject": subject}, doing=f"Finding the stream of {subject}"
        )
        names = answer.get("streams") or ()
        return str(names[0]) if names else None


def _offsets(first: Mapping[str, Any], key: str) -> range:
    """Where the pages after the first one begin."""
    got, total = len(first.get(key) or ()), int(first.get("total") or 0)
    return range(got, total, got) if got else range(0)


def _missing(answer: Mapping[str, Any]) -> list[str]:
    offline = answer.get("offline") or {}
    return [f"{name} did not answer" for name in answer.get("missing") or ()] + [
        f"{name} is offline: {why}" for name, why in offline.items()
    ]


def sound_name(name: str) -> bool:
    """Whether this can be a stream's or consumer's name: it becomes part of a subject."""
    return bool(name) and name.isprintable() and not any(char in name for char in " .*>/\\")


def check_name(name: str) -> None:
    """Raises `NotFound` for what can be no stream's name."""
    if not sound_name(name):
        raise NotFound(f"There is no stream {name!r}.", hint="List the streams for their names.")


def check_incarnation(source: SourceRef, facts: StreamFacts) -> None:
    """Raises `Replaced` where the stream is not the one that was looked at."""
    if source.incarnation is not None and source.incarnation != facts.created:
        raise Replaced(
            f"Stream {source.name} was deleted and made anew since it was looked at.",
            hint="Look at it again: the old positions mean other messages now.",
        )
