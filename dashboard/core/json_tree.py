"""JSON as a tree to look at: numbers as written, repeated keys kept and marked, size and depth bounded."""

import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

from dashboard.core.text import one_line

MOST_NODES = 20_000
MOST_DEPTH = 200
VALUE_MOST = 2_000
_KEY_MOST = 200

JsonKind = Literal["object", "list", "text", "number", "true", "false", "null"]


class TooDeep(ValueError):
    """The JSON is nested deeper than can be shown."""


@dataclass(slots=True)
class JsonNode:
    """One value. `key` is its name or index, made visible; `text` what is shown of a single value, made visible.

    `path` leads to it as a query writes it. `repeated`: another value of the object has the same key, so that
    programs differ in which one counts. `cut` counts children left out; `size` counts the nodes below, itself included,
    and is right for the root only.
    """

    key: str
    kind: JsonKind
    text: str = ""
    path: str = ""
    repeated: bool = False
    children: list["JsonNode"] = field(default_factory=list)
    cut: int = 0
    size: int = 1


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


class _Pairs(list[tuple[str, Any]]):
    """An object's members in order, repeated keys kept."""

    __slots__ = ()


def read_json(text: str) -> JsonNode:
    """The tree of a document; raises ValueError with the place, or `TooDeep`."""
    try:
        data = json.loads(
            text,
            object_pairs_hook=_Pairs,
            parse_float=_Number,
            parse_int=_Number,
            parse_constant=_refuse,
        )
    except RecursionError:
        raise TooDeep("It is nested too deep to be shown as a tree.") from None
    return _build(data)


def _build(data: Any) -> JsonNode:
    root = _node("", data, "", repeated=False)
    left = MOST_NODES - 1
    waiting: deque[tuple[JsonNode, Any, int]] = deque([(root, data, 0)])
    while waiting:
        node, value, depth = waiting.popleft()
        members = _members(value)
        if depth >= MOST_DEPTH and members:
            raise TooDeep("It is nested too deep to be shown as a tree.")
        room = min(left, len(members))
        node.cut = len(members) - room
        left -= room
        root.cut += node.cut if node is not root else 0
        counts: dict[str, int] = {}
        for key, _ in members:
            counts[key] = counts.get(key, 0) + 1
        in_list = isinstance(value, list) and not isinstance(value, _Pairs)
        for key, child_value in members[:room]:
            path = f"{node.path}[{key}]" if in_list else _path(node.path, key)
            child = _node(one_line(key, _KEY_MOST), child_value, path, repeated=counts[key] > 1)
            node.children.append(child)
            if isinstance(child_value, list):
                waiting.append((child, child_value, depth + 1))
    root.size = MOST_NODES - left
    return root


def _members(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, _Pairs):
        return value
    if isinstance(value, list):
        return [(str(index), one) for index, one in enumerate(value)]
    return []


def _node(key: str, value: Any, path: str, *, repeated: bool) -> JsonNode:
    kind: JsonKind
    text = ""
    if isinstance(value, _Pairs):
        kind = "object"
    elif isinstance(value, list):
        kind = "list"
    elif isinstance(value, _Number):
        kind, text = "number", one_line(str(value), VALUE_MOST)
    elif isinstance(value, str):
        kind, text = "text", one_line(value, VALUE_MOST)
    elif value is None:
        kind, text = "null", "null"
    else:
        kind = "true" if value else "false"
        text = kind
    return JsonNode(key, kind, text, path, repeated=repeated)


def _path(parent: str, key: str) -> str:
    plain = key and not any(char in key for char in '."[]():') and not any(char.isspace() for char in key)
    step = key if plain else f'"{key}"'
    return f"{parent}.{step}" if parent else step


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number in it")
