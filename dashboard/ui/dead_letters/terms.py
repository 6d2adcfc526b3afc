"""A query cut into the terms that become chips; the engine's parser reads the whole, this only finds the seams."""

import re
from dataclasses import dataclass

from dashboard.core import query_tree

_FIELD = re.compile(r"(-?)([A-Za-z_@$][^\s:\"()]*):(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Term:
    """One chip: its text in the query, and the field and value it shows."""

    text: str
    field: str
    value: str


def split(query: str) -> tuple[Term, ...]:
    """The terms of a query; a query with OR or parentheses, or with an open quote, is one term."""
    parts, whole = _parts(query)
    return tuple(Term(part, "", part) if whole else term(part) for part in parts)


def term(text: str) -> Term:
    """One term's field and value; free text has no field."""
    found = _FIELD.fullmatch(text)
    if found is None:
        return Term(text, "", text)
    value = found[3]
    if len(value) >= 2 and value[0] == value[-1] == '"':
        value = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return Term(text, f"{found[1] and 'not '}{found[2]}", value)


def join(*texts: str) -> str:
    """Terms side by side: all must match."""
    return " ".join(text.strip() for text in texts if text.strip())


def quoted(field: str, value: str) -> str:
    """A term that asks for exactly this value."""
    return f"{field}:{query_tree.quoted(value)}"


def _parts(query: str) -> tuple[list[str], bool]:
    """The terms; or the query in one piece, and True, where it cannot be cut at blanks."""
    parts: list[str] = []
    now, inside, escaped = "", False, False
    for char in query.strip():
        if char == '"' and not escaped:
            inside = not inside
        escaped = char == "\\" and not escaped
        if char.isspace() and not inside:
            if now:
                parts.append(now)
            now = ""
        else:
            now += char
    if now:
        parts.append(now)
    joined = any(part in {"OR", "AND", "NOT"} or part[0] in "()" or part[-1] in "()" for part in parts)
    return ([query.strip()], True) if joined or inside else (parts, False)
