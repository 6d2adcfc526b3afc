"""The search over dead letters: text to a tree of tests, by the grammar in `resources/query.lark`.

`field:value`, ranges (`attempts:>3`, `size:10..20`), negation (`-field:value`, `NOT`), `AND`, `OR`, parentheses, quoted
text, JSON paths (`body.order.currency:null`), headers (`header.tenant:acme`) and free text. Terms side by side must
all match. `null` means absent, unknown or JSON null; `*` stands for any characters in a value without quotes.
"""

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any, cast

from lark import Lark, Token, Transformer
from lark.exceptions import LarkError, UnexpectedInput, UnexpectedToken, VisitError

from adapters.api import ConfigError
from dashboard.core.query_tree import (
    COLUMNS,
    All,
    Between,
    Compare,
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
    Operator,
    Test,
    Text,
)
from dashboard.core.query_values import read_bound, read_exact

LONGEST = 4_000
DEEPEST = 32
MOST_TERMS = 200
_ALIASES = {
    "key": "id",
    "title": "cause",
    "trace_id": "trace",
    "type": "exception",
    "error": "reason",
    "message": "reason",
    "failed": "at",
    "time": "at",
    "bytes": "size",
    "subject": "address",
    "topic": "target",
    "queue": "target",
    "headers": "header",
}
_SLIP = 0.75
_SEGMENT = re.compile(r'"([^"]*)"|\[(\d{1,6})\]|([^."\[\]]+)')
_PATH = re.compile(r'(?:"[^"]*"|[^."\[\]]+)(?:\.(?:"[^"]*"|[^."\[\]]+)|\[\d{1,6}\])*')


class QueryError(ConfigError):
    """A query that cannot be read; `position` counts characters from 0."""

    def __init__(self, message: str, position: int, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.position = position


class QueryParser:
    """Reads queries; made once from the grammar's text."""

    def __init__(self, grammar: str) -> None:
        self._lark = Lark(
            grammar, parser="lalr", lexer="contextual", transformer=_Build(), maybe_placeholders=False
        )

    def parse(self, text: str) -> Node:
        """The tree for `text`; `Everything` for an empty one. Raises `QueryError`."""
        if len(text) > LONGEST:
            raise QueryError(f"The query is longer than {LONGEST:,} characters.", LONGEST)
        try:
            node = cast(Node, self._lark.parse(text))
        except UnexpectedInput as error:
            raise _explain(text, error) from None
        except VisitError as error:
            if isinstance(error.orig_exc, QueryError):
                raise error.orig_exc from None
            raise
        except LarkError as error:
            raise QueryError(f"The query cannot be read: {error}.", 0) from None
        _bounded(node)
        return node


def read_field(text: str) -> Field:
    """A field by its name, as a column or an order asks for it; raises `QueryError`."""
    return _field(Token("FIELD", f"{text}:"))


class _Build(Transformer[Token, Node]):
    """Builds the tree while parsing, so that no recursion follows."""

    def start(self, parts: list[Node]) -> Node:
        return parts[0] if parts else Everything()

    def either(self, parts: list[Node]) -> Node:
        return Either(tuple(_flat(parts, Either)))

    def every(self, parts: list[Node]) -> Node:
        return All(tuple(_flat(parts, All)))

    def negated(self, parts: list[Node]) -> Node:
        return parts[0].part if isinstance(parts[0], Not) else Not(parts[0])

    def field(self, parts: list[Any]) -> Node:
        token, make = parts
        field = _field(token)
        return Match(field, make(field))

    def phrase(self, parts: list[Token]) -> Node:
        return Text(_unquoted(parts[0]))

    def word(self, parts: list[Token]) -> Node:
        word = str(parts[0])
        return Text(word.rstrip("*"), prefix=True) if word.endswith("*") else Text(word)

    def compare(self, parts: list[Token]) -> Callable[[Field], Test]:
        operator = cast(Operator, str(parts[0]))
        return lambda field: Compare(operator, _bound(field, parts[1], str(parts[1])))

    def between(self, parts: list[Token]) -> Callable[[Field], Test]:
        low, _, high = str(parts[0]).partition("..")
        if not low and not high:
            raise QueryError("The range has no ends.", _at(parts[0]), hint="Write it as 10..20.")
        return lambda field: Between(
            _bound(field, parts[0], low) if low else None,
            _bound(field, parts[0], high) if high else None,
        )

    def exact(self, parts: list[Token]) -> Callable[[Field], Test]:
        return lambda field: _same(field, parts[0], _unquoted(parts[0]))

    def value(self, parts: list[Token]) -> Callable[[Field], Test]:
        text = str(parts[0])
        if text == "null":
            return lambda _field: Null()
        if "*" in text:
            return lambda _field: Like(text)
        return lambda field: _same(field, parts[0], text)


def _field(token: Token) -> Field:
    text = str(token)[:-1]
    head, dot, rest = text.partition(".")
    head = _ALIASES.get(head.lower(), head.lower())
    if head == "header" and rest:
        return Field(Kind.HEADER, rest.strip('"').lower())
    if head == "body" and rest:
        if not _PATH.fullmatch(rest):
            raise QueryError(f"{rest} is no path into a body.", _at(token), hint="Write it as body.order.id.")
        return Field(Kind.BODY, rest, _segments(rest))
    if not dot and head in COLUMNS:
        return Field(COLUMNS[head], head)
    if head in {"header", "body"}:
        raise QueryError(f"{head} needs a name after it.", _at(token), hint=f"Write it as {head}.name:value.")
    # A name of a body's own is more likely than a slip of several letters.
    near = get_close_matches(head, [*COLUMNS, *_ALIASES], n=1, cutoff=_SLIP)
    hint = f"For a field of the body write body.{text}: or quote the text."
    if near:
        hint = f"Did you mean {near[0]}:? {hint}"
    raise QueryError(f"There is no field {text}.", _at(token), hint=hint)


def _segments(path: str) -> tuple[str | int, ...]:
    return tuple(
        int(match[2]) if match[2] else match[3] if match[1] is None else match[1]
        for match in _SEGMENT.finditer(path)
    )


def _bound(field: Field, token: Token, text: str) -> float | str:
    bound = read_bound(field.kind, text)
    if bound is None:
        raise QueryError(
            f"{text} is no {_NOUNS.get(field.kind, 'value')}.", _at(token), hint=_HINTS.get(field.kind, "")
        )
    return bound


def _same(field: Field, token: Token, text: str) -> Test:
    test = read_exact(field.kind, text)
    if test is None:
        raise QueryError(
            f"{text} is no {_NOUNS.get(field.kind, 'value')}.", _at(token), hint=_HINTS.get(field.kind, "")
        )
    return test if not isinstance(test, str) else Equals(test)


_NOUNS = {Kind.NUMBER: "number", Kind.SIZE: "size", Kind.TIME: "time"}
_HINTS = {
    Kind.NUMBER: "Write it as attempts:>3.",
    Kind.SIZE: "Write it as size:>10KiB.",
    Kind.TIME: "Write it as at:>2026-11-24T02:00.",
}


def _unquoted(token: Token) -> str:
    return re.sub(r"\\(.)", r"\1", str(token)[1:-1], flags=re.DOTALL)


def _flat(parts: list[Node], kind: type[All] | type[Either]) -> Iterator[Node]:
    for part in parts:
        if isinstance(part, kind):
            yield from part.parts
        else:
            yield part


def _at(token: Token) -> int:
    return token.start_pos or 0


def _bounded(node: Node) -> None:
    """Refuses trees on which the evaluation would recurse too deep; itself without recursion."""
    level, depth, terms = [node], 0, 0
    while level:
        depth += 1
        terms += len(level)
        if depth > DEEPEST or terms > MOST_TERMS * 2:
            raise QueryError("The query is nested too deep or has too many terms.", 0)
        level = [part for parent in level for part in _parts(parent)]


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Not):
        return (node.part,)
    return node.parts if isinstance(node, All | Either) else ()


def _explain(text: str, error: UnexpectedInput) -> QueryError:
    position = int(getattr(error, "pos_in_stream", None) or 0)
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        position = len(text)
        if text.rstrip().endswith(":"):
            return QueryError("A field has no value.", position, hint="Write null for one that is absent.")
        return QueryError("The query ends too early.", position, hint="Close the parenthesis or add a term.")
    if text[position : position + 1] == '"':
        return QueryError("The quote is not closed.", position, hint='Add a ".')
    found = text[position : position + 1]
    if text[:position].rstrip().endswith(":"):
        return QueryError(
            "A field has no value.", position, hint="Quote a value that has blanks or brackets."
        )
    return QueryError(f"{found} makes no sense here.", position, hint="Quote text that has brackets.")
