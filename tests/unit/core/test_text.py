import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.text import decode, one_line, visible, visible_lines

ANY = st.text(st.characters(codec=None, exclude_categories=()))  # lone surrogates included


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred", "␛[31mred"),
        ("a\x00b\x7f", "a␀b␡"),
        ("\x9b31m", "\\x9b31m"),
        ("abc\u202egpj.exe", "abc\\u202egpj.exe"),
        ("pay\u200bpal", "pay\\u200bpal"),
        ("\ufeffx", "\\ufeffx"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("naïve 日本 🙂", "naïve 日本 🙂"),
        ("10\u00a0000", "10\u00a0000"),
        ("x\u3164y", "x\\u3164y"),
    ],
)
def test_that_hidden_characters_are_shown(given_text: str, shown: str) -> None:
    assert visible(given_text) == shown


def test_that_bytes_that_are_no_utf8_show_as_bytes() -> None:
    assert visible(decode(b"gr\xfcn")) == "gr\\xfcn"


def test_that_a_pile_of_combining_marks_is_cut_down() -> None:
    shown = visible("e" + "\u0301" * 50)
    assert shown.startswith("e" + "\u0301" * 4 + "\\u0301")


def test_that_lines_stay_lines_where_they_may() -> None:
    assert visible_lines("a\r\nb\tc\u2028d\x1b") == "a\nb\tc\nd␛"


def test_that_one_line_joins_and_cuts() -> None:
    assert one_line("a\r\nb\tc") == "a⏎b c"
    assert one_line("x" * 300, 10) == "x" * 9 + "…"
    assert one_line("\u202e" * 10, 10).endswith("…")


@given(ANY)
def test_that_nothing_a_terminal_acts_on_is_left(text: str) -> None:
    for shown in (visible(text), one_line(text, 50)):
        assert all(unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in shown)
        shown.encode("utf-8")
    assert len(one_line(text, 50)) <= 50


@given(st.binary())
def test_that_any_bytes_can_be_shown(data: bytes) -> None:
    visible(decode(data)).encode("utf-8")
