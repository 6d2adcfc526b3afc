"""The cause of a death: exception type and message, less what is of this one message only.

The rules are data (`resources/causes.toml`); this module reads and applies them.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache

from adapters.api import ConfigError
from dashboard.core.letters import Failure
from dashboard.core.text import one_line

_LONGEST = 2_000
"""Characters of a message that are looked at: what differs later does not make another cause."""
_TITLE = 160
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_\s.]+")
_TYPED = re.compile(r"((?:[A-Za-z_]\w*[.$+])*[A-Z]\w*(?:Error|Exception|Fault|Failure|Timeout))(?::\s+|$)")


@dataclass(frozen=True, slots=True)
class Cause:
    """`id` is stable over readings and sources; `title` is in words, for people."""

    id: str
    title: str
    exception: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of changing text: what finds it, and what stands for it (empty: it stays, and guards itself)."""

    name: str
    match: str
    shown: str
    cases: tuple[tuple[str, str], ...] = ()


def read_rules(text: str) -> tuple[Rule, ...]:
    """Rules from TOML; raises `ConfigError` for what is none."""
    try:
        data = tomllib.loads(text)
        rules = tuple(
            Rule(
                str(row["name"]),
                str(row["match"]),
                str(row["as"]),
                tuple((str(given), str(wanted)) for given, wanted in row.get("cases", ())),
            )
            for row in data["rule"]
        )
        for rule in rules:
            re.compile(rule.match)
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise ConfigError(f"The rules for causes cannot be read: {error}.") from error
    return rules


class Normaliser:
    """Applies the rules in one pass over the text, the earliest rule first at each place."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._shown = {f"r{number}": rule.shown for number, rule in enumerate(rules)}
        self._pattern = re.compile("|".join(f"(?P<r{n}>{rule.match})" for n, rule in enumerate(rules)))
        self._named = lru_cache(maxsize=4_096)(_cause)

    def normalise(self, message: str) -> str:
        """The message with placeholders, its blanks evened, at most 2,000 characters of it."""
        return " ".join(self._pattern.sub(self._replace, message[:_LONGEST]).split())

    def cause_of(self, failure: Failure) -> Cause:
        """The cause that a failure belongs to."""
        return self._named(failure.exception, self.normalise(failure.message))

    def _replace(self, match: re.Match[str]) -> str:
        return self._shown[match.lastgroup or ""] or match[0]


def _cause(exception: str, text: str) -> Cause:
    kind = short_name(exception)
    key = f"{kind}\0{text}".encode("utf-8", "surrogatepass")
    return Cause(hashlib.sha256(key).hexdigest()[:12], _title(kind, text), exception)


def split_type(message: str) -> tuple[str, str]:
    """An exception's type off the front of a message that begins with one ("KeyError: x"), else nothing."""
    match = _TYPED.match(message[:_LONGEST])
    if match is None:
        return "", message
    return match[1], message[match.end() :]


def short_name(exception: str) -> str:
    """The type's own name without package, outer class and arguments."""
    return re.split(r"[.$+:/\\]", exception.split(",", maxsplit=1)[0].strip())[-1] or exception.strip()


def _title(kind: str, text: str) -> str:
    words = text or " ".join(part.lower() for part in _WORDS.split(kind) if part) or "no reason given"
    shown = one_line(words, _TITLE)
    return shown[:1].upper() + shown[1:]
