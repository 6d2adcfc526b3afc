"""One dead letter for a person at a terminal: failure, headers, body; bytes that are no text as hex."""

import json

from rich.console import Group, RenderableType
from rich.text import Text

from adapters.api import Gone, Payload
from dashboard.cli.tables import cell, moment, table
from dashboard.core import words
from dashboard.core.letters import LetterDetail
from dashboard.core.text import decode, visible_lines

HEX_BYTES = 512
TEXT_CHARS = 20_000


def letter(detail: LetterDetail) -> RenderableType:
    """Everything of one dead letter that fits a terminal."""
    row = detail.row
    facts = [
        ("id", row.ref.key),
        ("at", moment(row.at)),
        ("cause", row.title),
        ("reason", row.reason),
        ("told by", detail.failure.convention or words.UNKNOWN),
        ("origin", row.origin or words.UNKNOWN),
        ("goes to", row.target or words.UNKNOWN),
        ("attempts", words.count(row.attempts)),
        ("redriven", words.plural(row.redriven, "time")),
        ("trace", row.trace_id or words.NO_MEANING),
        ("size", words.size(row.size)),
    ]
    parts: list[RenderableType] = [table((("", False), ("", False)), facts)]
    if detail.failure.stack:
        parts += [Text("Stack"), _lines(detail.failure.stack)]
    parts += _payload(detail.payload)
    return Group(*parts)


def _payload(payload: Payload | Gone) -> list[RenderableType]:
    if isinstance(payload, Gone):
        return [cell(f"The body is gone: {payload.why}")]
    headers = [(header.name, decode(header.value)) for header in payload.headers]
    return [
        table((("header", False), ("value", False)), headers),
        Text("Body"),
        body(payload.body),
    ]


def body(data: bytes) -> Text:
    """A body as indented JSON, as text, or as hex."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Text(hexdump(data))
    if not text:
        return Text("(empty)")
    try:
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        # Not JSON, or nested past what the parser takes: the text itself says what it is.
        return _lines(text)
    return _lines(text)


def _lines(text: str) -> Text:
    if len(text) > TEXT_CHARS:
        left = words.count(len(text) - TEXT_CHARS)
        return Text(f"{visible_lines(text[:TEXT_CHARS])}\n… {left} more characters; --raw writes all")
    return Text(visible_lines(text))


def hexdump(data: bytes) -> str:
    """Offset, hex and printable ASCII, 16 bytes a line, cut at `HEX_BYTES`."""
    lines = []
    for start in range(0, min(len(data), HEX_BYTES), 16):
        part = data[start : start + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:08x}  {part.hex(' '):<47}  {shown}")
    if len(data) > HEX_BYTES:
        lines.append(f"… {words.size(len(data) - HEX_BYTES)} more; --raw writes all")
    return "\n".join(lines)
