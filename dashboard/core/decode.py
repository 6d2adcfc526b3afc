"""How a body is shown: as a tree of JSON, as text, or as hex lines; what cannot be decoded says why and is shown as hex.

Nothing here changes a body: a redrive sends the bytes as they were read.
"""

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from adapters.api import Gone, Payload
from dashboard.core.json_tree import JsonNode, TooDeep, read_json
from dashboard.core.text import visible_lines
from dashboard.core.words import count

UNPACKED_MOST = 8 << 20
"""Bytes that a packed body may unpack to."""
TEXT_MOST = 50_000
"""Bytes of text that are shown at once."""
_CHARSETS = re.compile(
    r"utf-?8|utf-?(?:16|32)(?:-?[lb]e)?|us-ascii|ascii|latin-?1|iso-?8859-?\d{1,2}|(?:windows-|cp)125\d|koi8-r"
    r"|shift_jis|euc-(?:jp|kr)|gb2312|gbk|gb18030|big5"
)
_CHARSET = re.compile(r'charset="?([\w-]{1,40})"?', re.IGNORECASE)
_MAGIC = {"gzip": b"\x1f\x8b\x08", "zstd": b"\x28\xb5\x2f\xfd"}
_CONTROLS = frozenset(range(0x20)) - {0x09, 0x0A, 0x0D}
_BINARY_SHARE = 0.1

Unpack = Callable[[bytes, int], bytes]
"""Unpacks to at most so many bytes; raises ValueError, in words, for what is damaged or larger."""


@dataclass(frozen=True, slots=True)
class BodyView:
    """A body made ready to show.

    `form` is what it is shown as at first. `note` says what it is and how much of it is shown ("JSON, 1,842 bytes,
    complete"); `trouble` why a better form was not possible. `data` are the bytes behind `text` and the hex lines:
    unpacked where the body was packed.
    """

    form: Literal["json", "text", "hex", "empty", "gone"]
    note: str
    trouble: str = ""
    data: bytes = b""
    text: str | None = None
    tree: JsonNode | None = None


def decode_body(payload: Payload | Gone, unpackers: Mapping[str, Unpack] | None = None) -> BodyView:
    """Never raises. `unpackers` by content encoding, beside gzip and deflate."""
    if isinstance(payload, Gone):
        return BodyView("gone", "No body", f"The payload is gone: {payload.why}")
    if not payload.body:
        return BodyView("empty", "Empty, 0 bytes")
    headers = {header.name.lower(): header.value[:256].decode("latin-1") for header in payload.headers}
    data, packed, trouble = _unpacked(payload.body, headers, {**UNPACKERS, **(unpackers or {})})
    size = f"{count(len(data))} bytes"
    if packed:
        size += f" unpacked from {count(len(payload.body))} ({packed})"
    text, why = _text(data, headers.get("content-type", ""))
    if text is None:
        return BodyView("hex", f"Binary, {size}", " ".join(filter(None, (trouble, why))), data)
    tree, why = _tree(text)
    shown = _shown(data, text)
    if tree is not None:
        cut = f"first {count(tree.size)} values" if tree.cut else "complete"
        return BodyView("json", f"JSON, {size}, {cut}", trouble, data, shown, tree)
    part = "complete" if len(data) <= TEXT_MOST else f"first {count(TEXT_MOST)} bytes"
    said_json = "json" in headers.get("content-type", "").lower()
    return BodyView(
        "text",
        f"Text, {size}, {part}",
        " ".join(filter(None, (trouble, why if said_json else ""))),
        data,
        shown,
    )


def gunzip(data: bytes, most: int) -> bytes:
    """Unpacks gzip (RFC 1952), all members."""
    out = b""
    rest = data
    while rest:
        unpacked, rest = _inflate(rest, most - len(out), 31)
        out += unpacked
        if not rest.startswith(_MAGIC["gzip"]):
            break
    return out


def inflate(data: bytes, most: int) -> bytes:
    """Unpacks what HTTP calls deflate (RFC 1950)."""
    return _inflate(data, most, 15)[0]


UNPACKERS: Mapping[str, Unpack] = {"gzip": gunzip, "x-gzip": gunzip, "deflate": inflate}


def _inflate(data: bytes, most: int, window: int) -> tuple[bytes, bytes]:
    unpacker = zlib.decompressobj(window)
    try:
        out = unpacker.decompress(data, max(most, 0) + 1)
    except zlib.error as error:
        raise ValueError(f"it is damaged: {error}") from None
    if len(out) > most:
        raise ValueError(f"it unpacks to more than {count(UNPACKED_MOST)} bytes")
    if not unpacker.eof:
        raise ValueError("it ends too early")
    return out, unpacker.unused_data


def _unpacked(
    body: bytes, headers: Mapping[str, str], unpackers: Mapping[str, Unpack]
) -> tuple[bytes, str, str]:
    """The bytes to show, how they were packed, and why they could not be unpacked."""
    said = headers.get("content-encoding", "").strip().lower()
    seen = next((name for name, magic in _MAGIC.items() if body.startswith(magic)), "")
    name = seen or ("" if said in {"identity", "utf-8", "binary"} else said)
    if not name:
        return body, "", ""
    unpack = unpackers.get(name)
    if unpack is None:
        return body, "", f"It is packed with {visible_lines(name)}, which cannot be unpacked here."
    try:
        return unpack(body, UNPACKED_MOST), name, ""
    except ValueError as error:
        return body, "", f"It cannot be unpacked with {name}: {error}."


def _text(data: bytes, content_type: str) -> tuple[str | None, str]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _by_charset(data, content_type, f"It is not UTF-8 from byte {count(error.start)} on.")
    sample = data[:4_096]
    if sum(byte in _CONTROLS for byte in sample) > _BINARY_SHARE * len(sample):
        return None, "Most of it are control characters."
    return text, ""


def _by_charset(data: bytes, content_type: str, why: str) -> tuple[str | None, str]:
    match = _CHARSET.search(content_type)
    charset = match[1].lower() if match else ""
    if not _CHARSETS.fullmatch(charset):
        return None, why
    try:
        return data.decode(charset), ""
    except (UnicodeDecodeError, LookupError):
        return None, f"{why} Nor is it {charset}, as its content type says."


def _tree(text: str) -> tuple[JsonNode | None, str]:
    try:
        return read_json(text), ""
    except TooDeep as error:
        return None, str(error)
    except ValueError as error:
        return None, f"It is no JSON: {error}."


def _shown(data: bytes, text: str) -> str:
    if len(data) <= TEXT_MOST:
        return visible_lines(text)
    return visible_lines(text.encode("utf-8")[:TEXT_MOST].decode("utf-8", "ignore"))
