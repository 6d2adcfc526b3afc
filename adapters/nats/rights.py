"""What this account may do, found without doing it.

Servers from 2.9 tell a user's permissions on `$SYS.REQ.USER.INFO`. Where that is denied or older, reading and deleting
are tried on sequence 0, which no stream ever has: a permissions violation means no, "not found" means yes. Publishing
cannot be tried without effect.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.api import UNTRIED, YES, Denied, Disconnected, Grant, RedriveError, Right
from adapters.nats.facts import StreamFacts, covers_any
from adapters.nats.jetstream import JetStream
from adapters.nats.wire import Answer, Request

_USER_INFO = "$SYS.REQ.USER.INFO"
_REMEDY = "Ask for the permission to publish to {}."


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a user may publish: everything but `deny`, within `allow` where there is one."""

    allow: tuple[str, ...] | None
    deny: tuple[str, ...]

    def may(self, subject: str) -> bool:
        """Whether the user may publish to a subject."""
        return (self.allow is None or covers_any(self.allow, subject)) and not covers_any(self.deny, subject)


@dataclass(frozen=True, slots=True)
class Account:
    """The account's name and the user's permissions, None where the server does not tell them."""

    name: str | None = None
    permissions: Permissions | None = None

    def grant(self, subject: str, words: str) -> Grant:
        """Whether the user may publish to a subject; `words` is what that does."""
        if self.permissions is None:
            return UNTRIED
        if self.permissions.may(subject):
            return YES
        return Grant("no", f"this account may not {words}", _REMEDY.format(subject))


async def read_account(stream: JetStream) -> Account:
    """What the server tells of the user; an empty answer where it tells nothing."""
    result = (await stream.inbox.ask([Request(_USER_INFO)], doing="Asking for the account"))[0]
    if isinstance(result, Disconnected):
        raise result
    if not isinstance(result, Answer) or result.head:
        return Account()
    return parse_account(result.body)


def parse_account(body: bytes) -> Account:
    """From the answer on `$SYS.REQ.USER.INFO`; an unreadable one tells nothing."""
    try:
        data = json.loads(body)["data"]
        publish = (data.get("permissions") or {}).get("publish") or {}
        allow, deny = publish.get("allow"), publish.get("deny") or ()
        return Account(str(data["account"]), Permissions(tuple(allow) if allow else None, tuple(deny)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Account()


def account_grants(api: str, account: Account) -> dict[Right, Grant]:
    """Rights over the whole account, for the probe."""
    return {
        Right.WATCH: account.grant(f"{api}STREAM.LIST", "list streams"),
        Right.READ: account.grant(f"{api}STREAM.MSG.GET.*", "read messages"),
        Right.PUBLISH: UNTRIED,
        Right.REMOVE: account.grant(f"{api}STREAM.MSG.DELETE.*", "delete messages"),
        Right.BULK: account.grant(f"{api}STREAM.PURGE.*", "purge streams"),
    }


def stream_grants(api: str, account: Account, facts: StreamFacts) -> dict[Right, Grant]:
    """Rights over one stream, as the server tells them and the stream's configuration allows."""
    name = facts.name
    grants = {
        Right.WATCH: YES,
        Right.READ: account.grant(f"{api}STREAM.MSG.GET.{name}", "read messages of this stream"),
        Right.PUBLISH: UNTRIED,
        Right.REMOVE: account.grant(f"{api}STREAM.MSG.DELETE.{name}", "delete messages of this stream"),
        Right.BULK: account.grant(f"{api}STREAM.PURGE.{name}", "purge this stream"),
    }
    if facts.sealed or facts.deny_delete:
        why = "the stream is sealed" if facts.sealed else "the stream has deny_delete"
        grants[Right.REMOVE] = Grant("no", why, "This cannot be changed on an existing stream.")
    if facts.sealed or facts.deny_purge:
        why = "the stream is sealed" if facts.sealed else "the stream has deny_purge"
        grants[Right.BULK] = Grant("no", why, "This cannot be changed on an existing stream.")
    return grants


async def try_grants(js: JetStream, name: str, grants: Mapping[Right, Grant]) -> dict[Right, Grant]:
    """The same with what can be tried without effect instead of untried."""
    trials: dict[Right, tuple[str, Mapping[str, Any], str]] = {
        Right.READ: (
            f"STREAM.MSG.GET.{name}",
            {"seq": 0, "next_by_subj": ""},
            "read messages of this stream",
        ),
        Right.REMOVE: (f"STREAM.MSG.DELETE.{name}", {"seq": 0}, "delete messages of this stream"),
    }
    asked = [right for right in trials if grants.get(right, UNTRIED) == UNTRIED]
    calls = [trials[right][:2] for right in asked]
    answers = await js.calls(calls, doing=f"Asking for rights on {name}")
    found = dict(grants)
    for right, answer in zip(asked, answers, strict=True):
        call, _, words = trials[right]
        if isinstance(answer, Denied):
            found[right] = Grant("no", f"this account may not {words}", _REMEDY.format(js.prefix + call))
        elif not isinstance(answer, Disconnected):
            found[right] = YES
        elif isinstance(answer, RedriveError):
            raise answer
    return found
