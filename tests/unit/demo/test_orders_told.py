from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from adapters.api import ConfigError
from dashboard.demo.job import read_knobs
from dashboard.demo.orders import EVERY_DAY, Mix
from dashboard.demo.scenarios import CALM, ORDERS_PER_SECOND, SCRIPTS, Knobs, script_named
from dashboard.demo.topology import CHANNELS, MENDED, PROGRAMS, SERVICES
from dashboard.demo.worker import listen
from dashboard.demo.worker_nats import application_headers


def test_that_knobs_arrive_as_they_were_sent() -> None:
    knobs = Knobs(rate=3.5, mix=Mix(currency=0.5), extra_s=0.25)
    assert read_knobs(msgspec.json.encode(knobs)) == knobs


@pytest.mark.parametrize(
    "line", [b"", b"null", b"[]", b'{"rate": "fast"}', b'{"mix": {"currency": 2}}', b"\xff"]
)
def test_that_knobs_that_make_no_sense_are_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match="knobs cannot be read"):
        read_knobs(line)


@pytest.mark.parametrize("chunks", [[b"a\nbc\n"], [b"a", b"\nb", b"c\n"], [b"a\n", b"bc\nrest"]])
def test_that_whole_lines_are_heard_and_then_the_end(chunks: Sequence[bytes]) -> None:
    rest = [*chunks, b""]
    heard: list[bytes] = []
    listen(lambda: rest.pop(0), heard.append, lambda: heard.append(b"the end"))
    assert heard == [b"a", b"bc", b"the end"]


def test_that_a_dead_letter_drops_what_was_meant_for_the_broker_and_keeps_the_rest() -> None:
    headers = {
        "Nats-Msg-Id": "placed-o-1",
        "nats-expected-stream": "ORDERS",
        "redrive-run": "a/1",
        "x-error": "e",
    }
    assert application_headers(headers) == {"redrive-run": "a/1", "x-error": "e"}


def test_that_the_four_scenarios_are_there_and_an_unknown_one_names_them() -> None:
    assert [script.about.name for script in SCRIPTS] == ["poison", "slow-consumer", "kill-consumer", "burst"]
    with pytest.raises(ConfigError, match="poison, slow-consumer, kill-consumer, burst"):
        script_named("poisson")


def test_that_each_scenario_changes_a_program_that_exists() -> None:
    for script in SCRIPTS:
        assert script.knobs or script.kill
        assert set(script.knobs) | set(script.kill) <= set(PROGRAMS)
        assert CALM not in script.knobs.values()


def test_that_every_day_is_about_a_hundred_messages_a_second_with_few_deaths() -> None:
    assert CALM.rate * len(CHANNELS) == 100
    deaths = sum((EVERY_DAY.currency, EVERY_DAY.schema, EVERY_DAY.bulk, EVERY_DAY.remote, EVERY_DAY.address))
    assert 0 < deaths < 0.05


def test_that_the_shop_keeps_up_on_an_ordinary_day_and_not_in_a_burst() -> None:
    capture = next(service for service in SERVICES if service.name == "payment-capture")
    capacity = capture.lanes / capture.work_s
    assert ORDERS_PER_SECOND * 2 < capacity < script_named("burst").knobs["storefront"].rate / 2


def test_that_every_program_that_fails_is_replaced_by_the_fix() -> None:
    assert set(MENDED) == {service.name for service in SERVICES} - {"fraud-check"}
