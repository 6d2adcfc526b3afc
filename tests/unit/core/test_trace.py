import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.api import Header
from dashboard.core.trace import Trace, find_trace

HEX = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(
    ("name", "value", "kind", "trace"),
    [
        ("traceparent", f"00-{HEX}-00f067aa0ba902b7-01", "w3c", HEX),
        ("TraceParent", f"cc-{HEX}-00f067aa0ba902b7-01-what-comes-later", "w3c", HEX),
        ("b3", f"{HEX}-00f067aa0ba902b7-1", "b3", HEX),
        ("X-B3-TraceId", "463ac35c9f6413ad", "b3", "463ac35c9f6413ad"),
        ("x-datadog-trace-id", "1234567890123456789", "datadog", "1234567890123456789"),
        (
            "X-Amzn-Trace-Id",
            "Self=1-2-3;Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
            "xray",
            "1-5759e988-bd862e3fe1be46a994272793",
        ),
        ("uber-trace-id", "463ac35c9f6413ad%3A1%3A0%3A1", "jaeger", "463ac35c9f6413ad"),
    ],
)
def test_that_each_propagation_is_read(name: str, value: str, kind: str, trace: str) -> None:
    assert find_trace([Header(name, value.encode())]) == Trace(trace, kind, name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("traceparent", f"00-{'0' * 32}-00f067aa0ba902b7-01"),
        ("traceparent", f"00-{HEX}-{'0' * 16}-01"),
        ("traceparent", f"ff-{HEX}-00f067aa0ba902b7-01"),
        ("traceparent", f"00-{HEX.upper()}-00f067aa0ba902b7-01"),
        ("traceparent", "x" * 100_000),
        ("b3", "0"),
        ("x-b3-traceid", "nothex"),
        ("x-datadog-trace-id", "-1"),
        ("x-datadog-trace-id", "²"),
        ("x-datadog-trace-id", str(1 << 64)),
        ("x-amzn-trace-id", "Root=1-00000000-000000000000000000000000"),
        ("uber-trace-id", "0:0:0:0"),
    ],
)
def test_that_what_is_no_trace_is_not_taken_for_one(name: str, value: str) -> None:
    assert find_trace([Header(name, value.encode())]) is None


def test_that_datadog_s_upper_half_is_put_in_front() -> None:
    headers = [Header("x-datadog-trace-id", b"1"), Header("x-datadog-tags", b"_dd.p.tid=640cfd8d00000000")]
    found = find_trace(headers)
    assert found is not None
    assert found.id == "640cfd8d00000000" + "0" * 15 + "1"


def test_that_a_broken_first_header_does_not_hide_a_good_one() -> None:
    headers = [Header("traceparent", b"\xff\xfe"), Header("b3", f"{HEX}-00f067aa0ba902b7".encode())]
    found = find_trace(headers)
    assert found is not None
    assert found.id == HEX


@given(
    st.sampled_from(["traceparent", "b3", "x-datadog-trace-id", "uber-trace-id", "x-amzn-trace-id"]),
    st.binary(),
)
def test_that_any_value_is_read_without_an_error(name: str, value: bytes) -> None:
    found = find_trace([Header(name, value)])
    assert found is None or found.id.isascii()
