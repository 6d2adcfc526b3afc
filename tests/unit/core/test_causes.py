import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.api import ConfigError
from dashboard.core.causes import Normaliser, read_rules, short_name, split_type
from dashboard.core.letters import Failure
from tests.helpers.letters import normaliser, shipped

RULES = read_rules(shipped("causes.toml"))
CASES = [pytest.param(given, wanted, id=rule.name) for rule in RULES for given, wanted in rule.cases]


@pytest.fixture(scope="module")
def rules() -> Normaliser:
    return normaliser()


@pytest.mark.parametrize(("message", "wanted"), CASES)
def test_that_a_rule_does_what_its_case_says(rules: Normaliser, message: str, wanted: str) -> None:
    assert rules.normalise(message) == wanted


def test_that_every_rule_has_a_case() -> None:
    assert [rule.name for rule in RULES if not rule.cases] == []


def test_that_one_cause_gathers_messages_that_differ_in_values(rules: Normaliser) -> None:
    first = rules.cause_of(Failure("shop.ValidationError", "currency 'EURO' is not an ISO 4217 code"))
    second = rules.cause_of(Failure("ValidationError", "currency 'US' is not an ISO 4217 code"))
    assert first.id == second.id
    assert first.title == "Currency … is not an ISO 4217 code"


def test_that_another_type_or_text_is_another_cause(rules: Normaliser) -> None:
    causes = {
        rules.cause_of(failure).id
        for failure in (Failure("A", "x"), Failure("B", "x"), Failure("A", "y"), Failure("", "x"))
    }
    assert len(causes) == 4


def test_that_the_id_of_a_cause_stays_the_same_for_ever(rules: Normaliser) -> None:
    assert rules.cause_of(Failure("ValidationError", "currency 'EURO' is not known")).id == "2bb637543d0c"


@pytest.mark.parametrize(
    ("failure", "title"),
    [
        (Failure("", ""), "No reason given"),
        (Failure("java.net.SocketTimeoutException", ""), "Socket timeout exception"),
        (Failure("", "rejected"), "Rejected"),
        (Failure("E", "boom\x1b[2J\nsecond line"), "Boom␛[…J second line"),
    ],
)
def test_that_a_title_is_in_words(rules: Normaliser, failure: Failure, title: str) -> None:
    assert rules.cause_of(failure).title == title


@pytest.mark.parametrize(
    ("message", "exception", "rest"),
    [
        ("KeyError: 'x'", "KeyError", "'x'"),
        ("java.lang.IllegalStateException: bad", "java.lang.IllegalStateException", "bad"),
        ("warning: it is late", "", "warning: it is late"),
        ("TimeoutError", "TimeoutError", ""),
    ],
)
def test_that_a_type_in_front_of_the_text_is_split_off(message: str, exception: str, rest: str) -> None:
    assert split_type(message) == (exception, rest)


def test_that_a_type_is_called_by_its_own_name() -> None:
    assert short_name("com.shop.Outer$InnerException") == "InnerException"
    assert short_name("Shop.Error, Shop, Version=1.0") == "Error"
    assert short_name("") == ""


@pytest.mark.parametrize(
    "text", ["", "[[rule]]", "[[rule]]\nname='a'\nmatch='('\nas=''", "not toml", "rule = 3"]
)
def test_that_rules_that_cannot_be_read_are_said_so(text: str) -> None:
    with pytest.raises(ConfigError):
        read_rules(text)


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=300))
def test_that_any_message_has_a_cause_and_normalising_keeps_it_bounded(message: str) -> None:
    cause = normaliser_once().cause_of(Failure("E", message))
    assert len(cause.id) == 12
    assert 0 < len(cause.title) <= 160


@pytest.mark.parametrize(
    "unit", ["a-", "a.", "'", '"', "1:", "f" * 9 + ":", "a1_", "http://", "0x", "@", "a@b."]
)
def test_that_hostile_text_takes_no_long_time(rules: Normaliser, unit: str) -> None:
    begun = time.process_time()
    rules.normalise(unit * 50_000)
    assert time.process_time() - begun < 0.5


_ONCE: list[Normaliser] = []


def normaliser_once() -> Normaliser:
    if not _ONCE:
        _ONCE.append(normaliser())
    return _ONCE[0]
