"""What the server tells of a user's permissions."""

import json

import pytest

from adapters.api import Right
from adapters.nats.facts import stream_facts
from adapters.nats.rights import Account, Permissions, parse_account, stream_grants

DEAD = stream_facts({"config": {"name": "DEAD"}})


def answer(permissions: object) -> bytes:
    return json.dumps({"data": {"user": "u", "account": "A", "permissions": permissions}}).encode()


def test_that_no_permissions_mean_everything() -> None:
    for body in (answer(None), answer({}), json.dumps({"data": {"account": "A"}}).encode()):
        account = parse_account(body)
        assert account.name == "A"
        assert account.permissions is not None
        assert account.permissions.may("anything.at.all")


def test_that_deny_outweighs_allow() -> None:
    account = parse_account(answer({"publish": {"allow": ["a.>"], "deny": ["a.b"]}}))
    assert account.permissions == Permissions(("a.>",), ("a.b",))
    assert account.permissions is not None
    assert [account.permissions.may(it) for it in ("a.c", "a.b", "c")] == [True, False, False]


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b'{"data": 5}', b'{"data": {"account": "A", "permissions": 5}}']
)
def test_that_an_unreadable_answer_tells_nothing(body: bytes) -> None:
    assert parse_account(body) == Account()


def test_that_without_an_answer_rights_are_untried() -> None:
    grants = stream_grants("$JS.API.", Account(), DEAD)
    assert {grants[it].verdict for it in (Right.READ, Right.REMOVE, Right.BULK)} == {"untried"}


def test_that_a_missing_right_says_what_to_ask_for() -> None:
    account = Account("A", Permissions(None, ("$JS.API.STREAM.MSG.DELETE.*",)))
    grants = stream_grants("$JS.API.", account, DEAD)
    assert grants[Right.REMOVE].verdict == "no"
    assert "$JS.API.STREAM.MSG.DELETE.DEAD" in grants[Right.REMOVE].remedy
    assert grants[Right.READ].verdict == "yes"


@pytest.mark.parametrize(
    ("config", "right"),
    [
        ("deny_delete", Right.REMOVE),
        ("deny_purge", Right.BULK),
        ("sealed", Right.REMOVE),
        ("sealed", Right.BULK),
    ],
)
def test_that_a_streams_own_rule_outweighs_the_account(config: str, right: Right) -> None:
    account = Account("A", Permissions(None, ()))
    facts = stream_facts({"config": {"name": "DEAD", config: True}})
    grant = stream_grants("$JS.API.", account, facts)[right]
    assert grant.verdict == "no"
    assert config.split("_", maxsplit=1)[0] in grant.why
