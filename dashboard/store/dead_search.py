"""Finds the letters of a snapshot that match a query: columns first, words by FTS5, the letters themselves last."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.core.causes import short_name
from dashboard.core.query_tree import (
    All,
    Either,
    Equals,
    Everything,
    Field,
    Kind,
    Like,
    Match,
    Node,
    Not,
    Null,
    Test,
    Text,
)
from dashboard.core.query_values import cause_predicate, predicate
from dashboard.store.dead_codec import causes_of
from dashboard.store.dead_index import (
    ColumnReader,
    Extent,
    Mask,
    check_column,
    flagged,
    numbers_of,
    path_of,
)
from dashboard.store.dead_values import Values, texts_of, values_of

Numbers = npt.NDArray[np.signedinteger[Any]]
_TOKEN = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\U0003ffff]")
"""Scripts written without blanks: the tokenizer takes a whole run of them for one word."""


class Search:
    """One query over one snapshot on one connection."""

    def __init__(self, connection: sqlite3.Connection, extent: Extent, columns: ColumnReader) -> None:
        self._connection = connection
        self._extent = extent
        self._columns = columns

    def find(self, node: Node) -> Numbers:
        """The numbers of all letters that match, ascending from 1."""
        everything = np.ones(self._extent.count, dtype=np.bool_)
        return np.flatnonzero(self._mask(node, everything)) + 1

    def _mask(self, node: Node, within: Mask) -> Mask:
        """Which of `within` match; exact there, and False elsewhere."""
        match node:
            case Everything():
                return within
            case Not(part):
                return within & ~self._mask(part, within)
            case All(parts):
                for part in sorted(parts, key=_cost):
                    if not within.any():
                        break
                    within = self._mask(part, within)
                return within
            case Either(parts):
                found = np.zeros_like(within)
                for part in sorted(parts, key=_cost):
                    found |= self._mask(part, within & ~found)
                return found
            case Text(text, prefix):
                return self._text(text, within, prefix=prefix)
            case Match(field, test):
                return self._match(field, test, within)

    def _match(self, field: Field, test: Test, within: Mask) -> Mask:
        if field.name == "reason" and field.kind is Kind.TEXT and isinstance(test, Equals):
            test = Like(f"*{test.value}*")
        if field.kind is Kind.CAUSE or (field.kind is Kind.TEXT and field.name == "exception"):
            return self._causes(field, test, within)
        if field.kind is Kind.TEXT and field.name == "id":
            return self._ids(field, test, within)
        path = path_of(field)
        if path is None:
            return self._verify(field, test, within)
        column = self._columns.column(self._connection, self._extent, path)
        if not column.parts and self._extent.paths_full:
            return self._verify(field, test, within)
        sure, maybe = check_column(column, self._extent, test)
        if field.kind in {Kind.HEADER, Kind.BODY}:
            flags = self._columns.column(self._connection, self._extent, f"!{path[0]}")
            maybe |= flagged(flags, self._extent)
            sure &= ~maybe
        return (sure & within) | self._verify(field, test, within & maybe)

    def _verify(self, field: Field, test: Test, within: Mask) -> Mask:
        passes = predicate(test)
        if field.kind is Kind.HEADER:
            return self._keep(within, field, _any_value(passes, absent=isinstance(test, Null)))
        return self._keep(within, field, passes)

    def _keep(self, within: Mask, field: Field, passes: Callable[[Any], bool]) -> Mask:
        found = np.zeros_like(within)
        numbers = np.flatnonzero(within) + 1
        for n, value in values_of(self._connection, self._extent.snapshot, numbers, field):
            if passes(value):
                found[n - 1] = True
        return found

    def _causes(self, field: Field, test: Test, within: Mask) -> Mask:
        passes = cause_predicate(test) if field.kind is Kind.CAUSE else _exception_predicate(test)
        codes = [
            code
            for code, cause in causes_of(self._connection, self._extent.snapshot).items()
            if passes(*cause)
        ]
        column = self._columns.column(self._connection, self._extent, "c:cause")
        numbers = numbers_of(column, self._extent)
        assert numbers is not None, "codes are numbers"
        found = within & np.isin(numbers, codes)
        wanted = set(codes)
        return found | self._keep(
            self._tail(within), Field(Kind.NUMBER, "cause"), lambda code: code in wanted
        )

    def _tail(self, within: Mask) -> Mask:
        tail = within.copy()
        tail[: self._extent.indexed] = False
        return tail

    def _ids(self, field: Field, test: Test, within: Mask) -> Mask:
        if not isinstance(test, Equals):
            return self._verify(field, test, within)
        found = np.zeros_like(within)
        for n in Values(self._connection, self._extent.snapshot).with_keys([test.value]):
            if n <= len(found):
                found[n - 1] = True
        return found & within

    def _text(self, text: str, within: Mask, *, prefix: bool) -> Mask:
        tokens = [] if _UNSPACED.search(text) else _TOKEN.findall(text)
        if not tokens:
            return self._contains(text, within)
        terms = [f'"{token}"' for token in tokens]
        if prefix:
            terms[-1] += "*"
        found = self._words(" AND ".join(terms))
        if found is None:
            return self._contains(text, within)
        found &= within
        return found if len(tokens) == 1 and tokens[0] == text else self._contains(text, found)

    def _words(self, terms: str) -> Mask | None:
        """Letters with all these words; None where the tokenizer sees more in a word than one."""
        table = words_table(self._extent.snapshot)
        query = f"SELECT group_concat(rowid) FROM {table} WHERE {table} MATCH ?"
        try:
            (joined,) = self._connection.execute(query, (terms,)).fetchone()
        except sqlite3.OperationalError as error:
            if "phrase" in str(error):
                return None
            raise
        found = np.zeros(self._extent.count, dtype=np.bool_)
        if joined:
            numbers = np.fromstring(str(joined), dtype=np.int64, sep=",")
            found[numbers[numbers <= self._extent.count] - 1] = True
        return found

    def _contains(self, text: str, within: Mask) -> Mask:
        wanted = text.casefold()
        found = np.zeros_like(within)
        numbers = np.flatnonzero(within) + 1
        for n, searched in texts_of(self._connection, self._extent.snapshot, numbers):
            if wanted in searched.casefold():
                found[n - 1] = True
        return found


def words_table(snapshot: int) -> str:
    """The name of a snapshot's full-text table."""
    return f"words_{int(snapshot)}"


def _cost(node: Node) -> int:
    match node:
        case Match(field) if path_of(field) is not None:
            return 0
        case Text():
            return 1
        case Match():
            return 3
        case _:
            return max((_cost(part) for part in _parts(node)), default=0)


def _parts(node: Node) -> Iterator[Node]:
    if isinstance(node, All | Either):
        yield from node.parts
    elif isinstance(node, Not):
        yield node.part


def _exception_predicate(test: Test) -> Callable[[str, str, str], bool]:
    """For a cause as (id, title, exception): its exception passes, with or without the package before its name."""
    known = predicate(test)

    def passes(_cause: str, _title: str, name: str) -> bool:
        return known(name or None) or known(short_name(name) or None)

    return passes


def _any_value(passes: Callable[[Any], bool], *, absent: bool) -> Callable[[Any], bool]:
    return lambda values: not values if absent else any(passes(value) for value in values)
