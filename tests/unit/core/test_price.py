import pytest

from adapters.api import Environment, Grant, LookEffect, Right, Traits
from dashboard.core.connections import Connection
from dashboard.core.price import price, refusal


@pytest.mark.parametrize(
    ("traits", "words"),
    [
        (Traits(), ""),
        (Traits(effects=frozenset({LookEffect.REDELIVERED})), "A look marks them redelivered."),
        (
            Traits(effects=frozenset({LookEffect.COUNTS, LookEffect.REDELIVERED}), looks_left=17),
            "Each look uses 1 of 17 delivery attempts.",
        ),
        (
            Traits(effects=frozenset({LookEffect.COUNTS}), looks_left=1),
            "This look uses the last delivery attempt: another one drops messages.",
        ),
        (
            Traits(effects=frozenset({LookEffect.HIDES}), hides_s=900.0, complete=False),
            "A look hides them from others for 15 min. It may miss some.",
        ),
        (
            Traits(effects=frozenset({LookEffect.HIDES}), reach=10),
            "A look hides them from others while it lasts. It reaches the first 10.",
        ),
    ],
)
def test_that_a_price_is_told_in_words(traits: Traits, words: str) -> None:
    assert price(traits) == words


def test_that_every_effect_has_a_price() -> None:
    assert [effect for effect in LookEffect if not price(Traits(effects=frozenset({effect})))] == []


@pytest.mark.parametrize("effect", LookEffect)
def test_that_a_read_only_connection_refuses_all_but_marking(effect: LookEffect) -> None:
    connection = Connection("prod", "x", "x:", environment=Environment.PRODUCTION, read_only=True)
    refused = refusal(connection, Traits(effects=frozenset({effect})))
    assert bool(refused) is (effect is not LookEffect.REDELIVERED)


def test_that_a_missing_right_and_a_last_look_are_refused() -> None:
    connection = Connection("dev", "x", "x:", environment=Environment.DEVELOPMENT, read_only=False)
    assert "no grant" in refusal(connection, Traits(grants={Right.READ: Grant("no", why="no grant")}))
    spent = Traits(effects=frozenset({LookEffect.COUNTS}), looks_left=0)
    assert "drop messages" in refusal(connection, spent)
    assert refusal(connection, Traits()) == ""
