"""The whole of Watch at one moment: rows in the order of need, and one sentence over them."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

from adapters.api import Environment, Measure
from dashboard.core import words
from dashboard.core.connections import Answer, ConnectionView
from dashboard.core.fleet import FleetRow, FleetSnapshot, Need, Verdict
from dashboard.core.text import one_line

_NEEDS = {need: place for place, need in enumerate(Need)}
_ENVIRONMENTS = {environment: place for place, environment in enumerate(Environment)}
_VERDICTS = {Verdict.STOPPED: 0, Verdict.GROWING: 1, Verdict.STALE: 2, Verdict.NOT_KNOWN: 3}
_NAMED = 3


def snapshot(at: datetime, views: Sequence[ConnectionView], rows: Iterable[FleetRow]) -> FleetSnapshot:
    """Rows in the order of need: section, environment, verdict, growth (by powers of two, so that rows stay put)."""
    ordered = tuple(sorted(rows, key=_order))
    headline, detail = headline_of(views, ordered)
    return FleetSnapshot(at, tuple(views), ordered, headline, detail)


def headline_of(views: Sequence[ConnectionView], rows: Sequence[FleetRow]) -> tuple[str, str]:
    """One sentence on what needs attention, and a line of why."""
    if not views:
        return "Nothing is watched yet.", "Connect to a broker, or try the demo."
    silent = [view for view in views if view.answer is Answer.DISCONNECTED]
    if not rows:
        return _without_rows(views, silent)
    needy = [row for row in rows if row.need is Need.ATTENTION]
    unknown = sum(row.need is Need.NOT_KNOWN for row in rows)
    if needy:
        verb = "needs" if len(needy) == 1 else "need"
        sentence = f"{_sources(len(needy))} {verb} attention"
    elif silent:
        sentence = _silence(silent)
    elif dead := _dead(rows):
        sentence = f"Nothing grows; {words.plural(dead, 'dead letter')} {'waits' if dead == 1 else 'wait'}"
    else:
        sentence = "Nothing needs attention"
    if unknown:
        sentence += f"; {words.spelled(unknown)} {'is' if unknown == 1 else 'are'} not known"
    return f"{sentence}.", _detail(needy, silent, rows)


def _without_rows(views: Sequence[ConnectionView], silent: Sequence[ConnectionView]) -> tuple[str, str]:
    if len(silent) == len(views):
        return "Nothing answers.", _troubles(silent)
    if any(view.answer is Answer.CONNECTING for view in views):
        return "Connecting.", ", ".join(view.connection.name for view in views)
    return "Nothing is there to watch.", _troubles(silent)


def _detail(needy: Sequence[FleetRow], silent: Sequence[ConnectionView], rows: Sequence[FleetRow]) -> str:
    sentences = [
        f"{one_line(row.key.name, 60)}: {row.verdict_why[:1].lower()}{row.verdict_why[1:].rstrip('.')}"
        for row in needy[:_NAMED]
    ]
    if len(needy) > _NAMED:
        sentences.append(f"and {words.spelled(len(needy) - _NAMED)} more")
    text = f"{'; '.join(sentences)}." if sentences else ""
    if silent:
        return f"{text} {_troubles(silent)}".strip()
    return text or _calm(rows)


def _calm(rows: Sequence[FleetRow]) -> str:
    known = sum(not math.isnan(row.values.get(Measure.DEPTH, math.nan)) for row in rows)
    return (
        f"The depth of {words.plural(known, 'source')} is known; {words.plural(_dead(rows), 'dead letter')}."
    )


def _dead(rows: Sequence[FleetRow]) -> float:
    """Messages in dead-letter sources, as far as their depth is known."""
    depths = (row.values.get(Measure.DEPTH, math.nan) for row in rows if row.resource.dead is not None)
    return math.fsum(depth for depth in depths if not math.isnan(depth))


def _silence(silent: Sequence[ConnectionView]) -> str:
    if len(silent) == 1:
        return f"{one_line(silent[0].connection.name, 60)} does not answer"
    text = f"{words.spelled(len(silent))} connections do not answer"
    return text[:1].upper() + text[1:]


def _troubles(silent: Sequence[ConnectionView]) -> str:
    said = [
        f"{view.connection.name} does not answer: {view.trouble or 'no reason given.'}"
        for view in silent[:_NAMED]
    ]
    return " ".join(said)


def _sources(count: int) -> str:
    text = f"{words.spelled(count)} {'source' if count == 1 else 'sources'}"
    return text[:1].upper() + text[1:]


def _order(row: FleetRow) -> tuple[int, int, int, int, str, str]:
    growth = row.change if row.need is Need.ATTENTION and row.change > 0 else 0.0
    return (
        _NEEDS[row.need],
        _ENVIRONMENTS[row.environment],
        _VERDICTS.get(row.verdict, len(_VERDICTS)),
        -int(math.log2(growth + 1)),
        row.key.connection,
        row.key.name,
    )
