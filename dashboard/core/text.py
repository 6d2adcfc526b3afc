r"""Untrusted text made safe to show: nothing that a terminal or a widget would act on is left in it.

Control characters become their Unicode pictures (ESC is ␛), everything else that is invisible or steers the direction
of writing becomes its escape (U+202E is \u202e). Bytes that were no UTF-8 appear as \xNN.
"""

import re
import unicodedata

_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029\x85\x0b\x0c]")
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Printable by category, blank on screen."""
_HIDING = re.compile("[\ufe00-\ufe0e\U000e0100-\U000e01ef]")
"""Variation selectors, which can carry hidden data; U+FE0F is left, since it only colours an emoji."""
_SURE = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u0400-\u0482\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*")
"""What needs no second look, so that most texts are passed on at once."""
_MOST_MARKS = 4
"""Combining marks on one character; more of them paint over the lines above and below."""


def decode(data: bytes) -> str:
    r"""Bytes as text: UTF-8, with other bytes as lone surrogates that `visible` shows as \xNN."""
    return data.decode("utf-8", "surrogateescape")


def visible(text: str, *, keep: str = "") -> str:
    r"""Text in which every character can be seen; characters in `keep` (say "\n\t") stay as they are."""
    if _SURE.fullmatch(text):
        return text
    shown: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if char in keep:
            shown.append(char)
        elif marks > _MOST_MARKS or not _plain(char):
            shown.append(_escape(char))
        else:
            shown.append(char)
    return "".join(shown)


def visible_lines(text: str) -> str:
    """Text of several lines: breaks and tabs stay, all other controls are made visible."""
    return visible(_BREAK.sub("\n", text), keep="\n\t")


def one_line(text: str, limit: int = 200) -> str:
    """Text on one line of at most `limit` characters: breaks become ⏎, tabs blanks; a cut ends with …"""
    cut = text[: limit + 1]
    shown = visible(_BREAK.sub("⏎", cut).replace("\t", " "))
    if len(text) <= limit and len(shown) <= limit:
        return shown
    return shown[: max(limit - 1, 0)] + "…"


def _plain(char: str) -> bool:
    if char in _FILLERS or _HIDING.match(char):
        return False
    return char.isprintable() or unicodedata.category(char) == "Zs"


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
