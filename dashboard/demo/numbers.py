"""Sets the numbers of a picture beside what a plain client read at that moment: pure, checked by tests."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.demo.plain_nats import Letter, Reading
from dashboard.demo.shots import Shown
from dashboard.demo.topology import CHANNELS

OWN = "The program's own: the broker holds no such number."

_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = re.compile(r"[−+-]?\d[\d,]*(?:\.\d+)?")
_DURATION = re.compile(r"([\d.]+) (s|min|h|d)\b")
_AGE_WITHIN_S = 3.0
_DEPTH_WITHIN = 8.0
"""A live queue held at most so many when watching began; a dead-letter queue held none."""

_N = r"(?P<{}>[\d,]+)"


@dataclass(frozen=True, slots=True)
class Compared:
    """A number that was shown within `text`; `plain` is what the client read, None with a `why` where there is none.

    Numbers that go on moving while nothing happens, such as an age, may differ by `within`.
    """

    where: str
    what: str
    text: str
    shown: float | None
    plain: float | None
    within: float = 0.0
    why: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the text says what the client read; true where there is nothing to compare."""
        return self.plain is None or (self.shown is not None and abs(self.shown - self.plain) <= self.within)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture is of: its page, the dead-letter stream in it, and the reading when that stream was frozen."""

    page: str
    source: str = ""
    frozen: Reading | None = None


def read_number(text: str) -> float | None:
    """The first number in a text: "≈ 1,234 waiting" is 1234; None where there is none."""
    found = _NUMBER.search(text)
    return float(found.group().replace(",", "").replace("−", "-").replace("+", "")) if found else None


def read_duration(text: str) -> float | None:
    """Seconds of a length of time in words: "1 min 5 s" is 65; None where there is none."""
    parts = _DURATION.findall(text)
    return sum(float(number) * _UNITS[unit] for number, unit in parts) if parts else None


def read_moment(text: str) -> float | None:
    """Unix seconds of a time in ISO 8601; None for anything else."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def _rule(page: str, pattern: str) -> tuple[str, re.Pattern[str]]:
    """A sentence of a page; <name> in it stands for the number that the facts call so."""
    return page, re.compile(re.sub(r"<(\w+)>", lambda name: _N.format(name[1]), pattern))


_SENTENCES = (
    _rule("", r"<published> messages so far, <dead> dead letters"),
    _rule("dead-letters", r"^<top> of <source> died of one cause"),
    _rule("dead-letters", r"^\d+ of <source>$"),
    _rule("dead-letters", r"^<source> selected$"),
    _rule("dead-letters", r"^all <source> that were read$"),
    _rule("plan", r"^<readers> consumers read it, <ahead> waiting$"),
    _rule("plan", r"^<readers> consumers receive what goes to"),
    _rule("plan", r"^(?:warning: )?<readers> consumers receive what goes to"),
    _rule("run", r"^<returned> of \d+ canary messages came back"),
    _rule("run", r"^<stayed> Sent, <returned> Came back,.* <unsent> Not sent; together <frozen> Frozen"),
    _rule("run", r"^(?:The other|Send|Not sent) <unsent>$"),
    _rule("run", r"^All <frozen>$"),
    _rule("run", r"^Came back <returned>$"),
    _rule("run", r"^Sent <stayed>$"),
)
_PLACES = {
    ("plan", "What"): "source",
    ("plan", "What will happen"): "source",
}
"""Where a number alone in its label is the fact of that name."""

_COLUMNS = {"Waiting": "depth", "In flight": "in_flight", "Consumers": "consumers", "Dead letters": "dead"}
_LETTER_COLUMNS = frozenset({"Message id", "Attempts", "Body, B", "Failed"})


def facts(scene: Scene, reading: Reading) -> dict[str, float]:
    """What the client's reading says of a picture, by the names that the sentences use."""
    waiting = {channel.dead_name: reading.resources[channel.dead_name]["depth"] for channel in CHANNELS}
    known = {
        "published": sum(reading.resources[channel.name]["taken"] for channel in CHANNELS),
        "dead": sum(waiting.values()),
    }
    origin = next((channel.name for channel in CHANNELS if channel.dead_name == scene.source), None)
    if origin is None:
        return known
    letters = reading.letters[scene.source]
    known["source"] = waiting[scene.source]
    known["top"] = max(reasons(letters).values(), default=0)
    known["readers"] = reading.resources[origin]["consumers"]
    known["ahead"] = reading.resources[origin]["depth"]
    if scene.frozen is not None:
        known |= _run_facts(scene.frozen.letters[scene.source], letters)
    return known


def _run_facts(frozen: Mapping[int, Letter], now: Mapping[int, Letter]) -> dict[str, float]:
    unsent = len(frozen.keys() & now.keys())
    returned = sum(letter.returned for letter in now.values())
    sent = len(frozen) - unsent
    return {
        "frozen": len(frozen),
        "unsent": unsent,
        "sent": sent,
        "returned": returned,
        "stayed": sent - returned,
    }


def reasons(letters: Mapping[int, Letter]) -> dict[str, int]:
    """How many died of what, by the first word of the error."""
    counts: dict[str, int] = {}
    for letter in letters.values():
        counts[letter.reason] = counts.get(letter.reason, 0) + 1
    return counts


def compare(scene: Scene, shown: Sequence[Shown], reading: Reading) -> list[Compared]:
    """Each number with its counterpart; a text with several that are known gives one each.

    The client saw nothing move around the moment, so rates are compared with 0.
    """
    known = facts(scene, reading)
    letters = reading.letters.get(scene.source, {})
    found: list[Compared] = []
    for one in shown:
        pairs = list(_sentence(scene, one, known)) or list(_cell(one, reading, letters))
        found += pairs or [Compared(one.where, one.what, one.text, None, None, why=OWN)]
    return found


def _sentence(scene: Scene, one: Shown, known: Mapping[str, float]) -> Iterator[Compared]:
    for page, pattern in _SENTENCES:
        if page in {"", scene.page} and (match := pattern.search(one.text)):
            for name, text in match.groupdict().items():
                if name in known:
                    yield Compared(one.where, name, one.text, read_number(text), known[name])
            return
    place = "source" if one.what == "Messages" else _PLACES.get((scene.page, one.where), "")
    if scene.page == "plan" and place in known and re.fullmatch(r"[\d,]+", one.text):
        yield Compared(one.where, place, one.text, read_number(one.text), known[place])


def _cell(one: Shown, reading: Reading, letters: Mapping[int, Letter]) -> Iterator[Compared]:
    values = reading.resources.get(one.where)
    if values is not None:
        yield from _resource(one, values)
    elif one.where.isdigit() and one.what in _LETTER_COLUMNS and int(one.where) in letters:
        yield _letter(one, letters[int(one.where)])
    elif one.what == "Messages" and letters:
        counts = reasons(letters)
        plain = counts.get(one.where.split(" ")[0].lower())
        if plain is not None:
            yield Compared(one.where, one.what, one.text, read_number(one.text), plain)


def _resource(one: Shown, values: Mapping[str, float]) -> Iterator[Compared]:
    measure = _COLUMNS.get(one.what, "")
    if one.what in {"In /s", "Out /s"}:
        yield Compared(one.where, one.what, one.text, read_number(one.text), 0.0)
    elif measure in values:
        yield Compared(one.where, one.what, one.text, read_number(one.text), values[measure])
    elif one.what == "Oldest" and "age_s" in values:
        yield Compared(one.where, one.what, one.text, read_duration(one.text), values["age_s"], _AGE_WITHIN_S)
    elif one.what.startswith("Change"):
        within = 0.0 if one.where.endswith("_DLQ") else _DEPTH_WITHIN
        yield Compared(one.where, one.what, one.text, read_number(one.text), values["depth"], within)


def _letter(one: Shown, letter: Letter) -> Compared:
    match one.what:
        case "Attempts":
            plain = float(letter.attempts)
        case "Body, B":
            plain = float(letter.size)
        case "Failed":
            return Compared(one.where, one.what, one.text, read_moment(one.text), letter.at, 0.001)
        case _:
            plain = float(one.where)
    return Compared(one.where, one.what, one.text, read_number(one.text), plain)
