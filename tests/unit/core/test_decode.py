import gzip
import json
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from adapters.api import Gone, Header, Payload
from dashboard.core.decode import UNPACKED_MOST, BodyView, decode_body
from dashboard.core.json_tree import MOST_NODES, JsonNode, read_json
from dashboard.engine.unpack import UNPACKERS


def view(body: bytes, **headers: str) -> BodyView:
    named = tuple(Header(name.replace("_", "-"), value.encode("latin-1")) for name, value in headers.items())
    return decode_body(Payload(body, named), UNPACKERS)


def flat(node: JsonNode) -> list[tuple[str, str, str]]:
    return [(node.path, node.kind, node.text), *(row for child in node.children for row in flat(child))]


def test_that_json_becomes_a_tree_with_paths_a_query_understands() -> None:
    shown = view(b'{"order": {"id": 7, "tags": ["a", null], "odd key": true}}')
    assert (shown.form, shown.note, shown.trouble) == ("json", "JSON, 58 bytes, complete", "")
    assert shown.tree is not None
    assert flat(shown.tree) == [
        ("", "object", ""),
        ("order", "object", ""),
        ("order.id", "number", "7"),
        ("order.tags", "list", ""),
        ("order.tags[0]", "text", "a"),
        ("order.tags[1]", "null", "null"),
        ('order."odd key"', "true", "true"),
    ]


def test_that_numbers_are_shown_as_they_were_written() -> None:
    tree = read_json("[1.10, 9007199254740993, 1e400, -0, 12345678901234567890123]")
    assert [child.text for child in tree.children] == [
        "1.10", "9007199254740993", "1e400", "-0", "12345678901234567890123",
    ]  # fmt: skip


def test_that_repeated_keys_are_kept_and_marked() -> None:
    tree = read_json('{"a": 1, "b": 2, "a": 3}')
    assert [(child.key, child.text, child.repeated) for child in tree.children] == [
        ("a", "1", True),
        ("b", "2", False),
        ("a", "3", True),
    ]


def test_that_a_large_tree_is_cut_and_says_so() -> None:
    shown = view(json.dumps(list(range(50_000))).encode())
    assert shown.tree is not None
    assert (len(shown.tree.children), shown.tree.cut) == (MOST_NODES - 1, 50_000 - MOST_NODES + 1)
    assert "first 20,000 values" in shown.note


@pytest.mark.parametrize("depth", [300, 100_000])
def test_that_what_is_nested_too_deep_is_shown_as_text(depth: int) -> None:
    shown = view(b"[" * depth + b"]" * depth, content_type="application/json")
    assert shown.form == "text"
    assert "nested too deep" in shown.trouble


def test_that_controls_in_json_never_come_through() -> None:
    shown = view(b'{"a\\u001b[2J": "\\u202e\\ud800\\u0000"}')
    assert shown.tree is not None
    child = shown.tree.children[0]
    assert (child.key, child.text) == ("a␛[2J", "\\u202e\\ud800␀")


@pytest.mark.parametrize("body", [b"plain words", "größer ≥ 3\n\tnext".encode(), b"\xef\xbb\xbfwith a mark"])
def test_that_text_is_shown_as_text(body: bytes) -> None:
    shown = view(body)
    assert (shown.form, shown.trouble) == ("text", "")
    assert shown.text == body.decode("utf-8-sig")


def test_that_text_in_its_declared_charset_is_read() -> None:
    body = "grün".encode("latin-1")
    assert view(body, content_type="text/plain; charset=ISO-8859-1").text == "grün"
    shown = view(body)
    assert (shown.form, shown.text, shown.trouble) == ("hex", None, "It is not UTF-8 from byte 2 on.")


@pytest.mark.parametrize("charset", ["zlib_codec", "rot13", "unicode_escape", "idna", "nothing", "undefined"])
def test_that_only_real_charsets_are_used(charset: str) -> None:
    assert view(b"\xff\xfe\xfd", content_type=f"text/plain; charset={charset}").form == "hex"


def test_that_json_that_is_said_and_is_none_says_why() -> None:
    shown = view(b'{"a": ', content_type="application/json")
    assert shown.form == "text"
    assert shown.trouble.startswith("It is no JSON: Expecting value: line 1 column 7")
    assert view(b"{not json").trouble == ""
    assert view(b"[NaN]").form == "text"


def test_that_long_text_is_cut_and_says_so() -> None:
    shown = view("é".encode() * 60_000)
    assert shown.text is not None
    assert len(shown.text) == 25_000
    assert shown.note == "Text, 120,000 bytes, first 50,000 bytes"


def test_that_all_byte_values_are_shown_as_hex() -> None:
    shown = view(bytes(range(256)))
    assert shown.form == "hex"
    assert shown.data == bytes(range(256))


def test_that_control_characters_in_plenty_are_binary() -> None:
    assert view(b"\x00\x01\x02abc" * 10).form == "hex"


@pytest.mark.parametrize("headers", [{}, {"content_encoding": "gzip"}])
def test_that_packed_bodies_are_unpacked(headers: dict[str, str]) -> None:
    body = b'{"a": 1}' * 1
    for packed in (
        gzip.compress(body),
        gzip.compress(body[:3]) + gzip.compress(body[3:]),
        zstandard.compress(body),
    ):
        shown = view(packed, **headers)
        assert (shown.form, shown.data) == ("json", body)
        assert "unpacked from" in shown.note
    assert view(zlib.compress(body), content_encoding="deflate").data == body


def test_that_a_bomb_is_not_unpacked() -> None:
    zeros = b"\x00" * (UNPACKED_MOST + 1)
    for packed in (gzip.compress(zeros), zstandard.compress(zeros), gzip.compress(zeros[: 5 << 20]) * 2):
        shown = view(packed)
        assert (shown.form, shown.data) == ("hex", packed)
        assert "more than 8,388,608 bytes" in shown.trouble


@pytest.mark.parametrize("packed", [gzip.compress(b"x" * 100), zstandard.compress(b"x" * 100)])
def test_that_damaged_packing_says_so_and_falls_back(packed: bytes) -> None:
    for broken in (packed[:-3], packed[:12] + b"\xff" * 20):
        shown = view(broken)
        assert (shown.form, shown.data) == ("hex", broken)
        assert "cannot be unpacked" in shown.trouble


def test_that_an_unknown_packing_is_named() -> None:
    assert "snappy" in view(b"\xff\x06\x00\x00sNaPpY", content_encoding="snappy").trouble
    assert view(b"plain", content_encoding="identity").trouble == ""


def test_that_empty_and_gone_bodies_say_so() -> None:
    assert view(b"").form == "empty"
    gone = decode_body(Gone("the stream expired it"))
    assert (gone.form, gone.trouble) == ("gone", "The payload is gone: the stream expired it")


@given(st.binary(max_size=300), st.sampled_from(["", "gzip", "zstd", "deflate", "br"]), st.text(max_size=30))
def test_that_any_body_has_a_view(body: bytes, encoding: str, content_type: str) -> None:
    headers = (
        Header("content-encoding", encoding.encode()),
        Header("content-type", content_type.encode("utf-8", "replace")),
    )
    shown = decode_body(Payload(body, headers), UNPACKERS)
    if shown.text is not None:
        shown.text.encode("utf-8")
        assert "\x1b" not in shown.text
    assert (shown.form == "empty") is (not body)
