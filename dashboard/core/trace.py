"""The trace a message belongs to, found in its headers.

Sources: W3C Trace Context (traceparent), openzipkin/b3-propagation (b3, X-B3-TraceId), Datadog's propagation headers
(x-datadog-trace-id, decimal, with the upper half in the tag _dd.p.tid), AWS X-Ray (X-Amzn-Trace-Id) and Jaeger
(uber-trace-id).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from adapters.api import Header


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace id as its own tool shows it, the propagation it was found in, and the header's name."""

    id: str
    kind: str
    header: str


_W3C = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?", re.DOTALL)
_B3 = re.compile(r"([0-9a-f]{32}|[0-9a-f]{16})-[0-9a-f]{16}(?:-[01d](?:-[0-9a-f]{16})?)?")
_HEX = re.compile(r"[0-9a-f]{16}(?:[0-9a-f]{16})?")
_XRAY = re.compile(r"(?:^|;)\s*Root=(1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24})(?:;|$)")
_JAEGER = re.compile(r"([0-9a-f]{1,32}):[0-9a-f]{1,16}:[0-9a-f]{1,16}:[0-9a-f]{1,2}")
_DATADOG_HIGH = re.compile(r"(?:^|,)_dd\.p\.tid=([0-9a-f]{16})(?:,|$)")
_LONGEST = 512

Values = Mapping[str, str]


def find_trace(headers: Iterable[Header]) -> Trace | None:
    """The first valid trace id among the known headers; names are compared without case. Ids of zeros count as none."""
    values: dict[str, str] = {}
    names: dict[str, str] = {}
    for header in headers:
        name = header.name.lower()
        if name not in values and len(header.value) <= _LONGEST:
            values[name] = header.value.decode("ascii", "replace").strip()
            names[name] = header.name
    for kind, name, read in _READERS:
        if name in values:
            found = read(values[name], values)
            if found is not None:
                return Trace(found, kind, names[name])
    return None


def _w3c(value: str, _values: Values) -> str | None:
    match = _W3C.fullmatch(value)
    return match[1] if match and _alive(match[1]) and _alive(match[2]) else None


def _b3(value: str, _values: Values) -> str | None:
    match = _B3.fullmatch(value.lower())
    return match[1] if match and _alive(match[1]) else None


def _b3_multi(value: str, _values: Values) -> str | None:
    value = value.lower()
    return value if _HEX.fullmatch(value) and _alive(value) else None


def _datadog(value: str, values: Values) -> str | None:
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 1 << 64:
        return None
    high = _DATADOG_HIGH.search(values.get("x-datadog-tags", ""))
    return f"{high[1]}{int(value):016x}" if high and _alive(high[1]) else value


def _xray(value: str, _values: Values) -> str | None:
    match = _XRAY.search(value)
    return match[1] if match and _alive(match[1][2:].replace("-", "")) else None


def _jaeger(value: str, _values: Values) -> str | None:
    match = _JAEGER.fullmatch(value.lower().replace("%3a", ":"))
    return match[1].zfill(16 if len(match[1]) <= 16 else 32) if match and _alive(match[1]) else None


def _alive(digits: str) -> bool:
    return bool(digits.strip("0"))


_READERS: tuple[tuple[str, str, Callable[[str, Values], str | None]], ...] = (
    ("w3c", "traceparent", _w3c),
    ("b3", "b3", _b3),
    ("b3", "x-b3-traceid", _b3_multi),
    ("datadog", "x-datadog-trace-id", _datadog),
    ("xray", "x-amzn-trace-id", _xray),
    ("jaeger", "uber-trace-id", _jaeger),
)
