"""Sentences of plans and runs, made from one `RunView` or `Plan` so that no two numbers are of different moments."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from adapters.api import Environment
from dashboard.core.runs import Plan, RunKind, RunState, RunView, Tally
from dashboard.core.text import one_line
from dashboard.core.words import count, duration, plural, share
from dashboard.ui.around import since
from dashboard.ui.widgets.accounting import Part
from dashboard.ui.widgets.marks import Mark, Tone

WatchOf = Literal["canary", "last", "stop"]
STOPPING = "stopping: "
"""So the reason begins of a run that counts what is still coming back before it stops."""

NAMES = {
    "": "All",
    "returned": "Came back",
    "unknown": "Unknown",
    "gone": "Gone",
    "kept": "Kept",
    "sent": "Sent",
    "moved": "Sent",
    "sending": "In flight",
    "planned": "Not sent",
}
OTHER_NAMES: dict[RunKind, dict[str, str]] = {
    "purge": {"planned": "Not yet"},
    "restore": {"sent": "Put back", "moved": "Put back", "planned": "Not yet"},
}


def name_of(outcome: str, kind: RunKind, *, archived: bool = True) -> str:
    """An outcome in the words of what the run does. `archived`: for a purge, whether it keeps an archive."""
    if kind == "purge" and outcome in {"sent", "moved"}:
        return "Archived and removed" if archived else "Removed"
    return OTHER_NAMES.get(kind, {}).get(outcome, NAMES.get(outcome, outcome))


def number_of(outcome: str, tally: Tally) -> int:
    """How many of an outcome; what came back is not counted as sent."""
    if outcome == "sent":
        return tally.moved - tally.returned
    return int(tally.frozen if not outcome else getattr(tally, outcome))


TOKENS = {
    "sent": "ok",
    "returned": "warn",
    "kept": "text",
    "gone": "danger",
    "unknown": "danger",
    "sending": "accent",
    "planned": "line2",
}


def parts(kind: RunKind, tally: Tally, *, archived: bool = True) -> tuple[Part, ...]:
    """Where the messages are; the parts add up to the frozen count, as the tally's own do."""
    return tuple(
        Part(name_of(outcome, kind, archived=archived), number_of(outcome, tally), token)
        for outcome, token in TOKENS.items()
        if outcome != "returned" or kind == "redrive" or tally.returned
    )


def watch_of(view: RunView) -> WatchOf | None:
    """What a run that is watching watches for: its canary, its last messages, or those on their way at a stop."""
    if view.state is not RunState.WATCHING:
        return None
    if view.reason.startswith(STOPPING):
        return "stop"
    return "last" if view.tally.planned + view.tally.sending == 0 else "canary"


def canary_asks(view: RunView) -> bool:
    """Whether a run rests right after its canary."""
    tally = view.tally
    alone = tally.planned > 0 and tally.moved <= view.pace.canary
    return view.state is RunState.STOPPED and view.canary_done and alone


def headline(view: RunView, now: datetime) -> str:
    """What a run says first."""
    tally = view.tally
    archived = view.archive is not None
    verb = name_of("sent", view.kind, archived=archived).lower()
    back = f", {plural(tally.returned, 'message')} came back" if tally.returned else ""
    state = view.state
    if state is RunState.DONE:
        rest = [
            f"{count(part.number)} {part.name.lower()}"
            for part in parts(view.kind, tally, archived=archived)[1:]
            if part.number
        ]
        ended = ", ".join(rest)
        return f"Done: {count(tally.moved - tally.returned)} {verb}{', ' + ended if ended else ''}"
    if state is RunState.CANCELLED:
        return f"Cancelled: {count(tally.moved)} {verb}{back}, {count(tally.kept)} kept"
    watched = watch_of(view)
    if watched == "canary":
        return f"{plural(tally.moved, 'canary message')} sent{back}; nothing else has been sent"
    if watched == "last":
        return f"All sent{back}; watching {view.pace.watch_s:g} s whether the last come back"
    if canary_asks(view):
        canary = plural(tally.moved, "canary message")
        came = (
            f"{count(tally.returned)} of {canary} came back"
            if tally.returned
            else f"{canary} sent, none seen back"
        )
        return f"{came}; nothing else has been sent"
    done = f"{share(tally.moved, tally.frozen)} {verb}{back}"
    if state is RunState.RUNNING and view.sent_rate:
        left = timedelta(seconds=tally.planned / view.sent_rate)
        return f"{done}, done at about {since(now + left, now)}"
    lead = {
        RunState.PAUSED: "Paused: ",
        RunState.STOPPED: "Stopped: ",
        RunState.CUT: "Cut off: ",
        RunState.HELD: "Held: ",
        RunState.WATCHING: "Stopping: ",
    }.get(state, "")
    return f"{lead}{done}"


def state_pill(view: RunView) -> tuple[str, Tone, Mark]:
    """The state in words, with its tone and mark."""
    if canary_asks(view) and not view.tally.returned:
        return "Waits for you", "warn", "none"
    watched: dict[WatchOf | None, str] = {"last": "Watching the last", "stop": "Stopping"}
    shown: dict[RunState, tuple[str, Tone, Mark]] = {
        RunState.FROZEN: ("Confirmed", "info", "none"),
        RunState.RUNNING: ("Running", "info", "none"),
        RunState.WATCHING: (watched.get(watch_of(view), "Watching the canary"), "info", "pending"),
        RunState.HELD: ("Held", "warn", "pending"),
        RunState.PAUSED: ("Pausing" if view.at_work else "Paused", "neutral", "none"),
        RunState.STOPPED: ("Stopped", "danger", "danger"),
        RunState.CUT: ("Cut off", "warn", "warn"),
        RunState.DONE: ("Done", "ok", "ok"),
        RunState.CANCELLED: ("Cancelled", "neutral", "none"),
    }
    return shown[view.state]


def asks(view: RunView) -> bool:
    """Whether the run rests and has something left that a person decides on."""
    if view.state is RunState.PAUSED and view.at_work:
        return False
    resting = view.state in {RunState.STOPPED, RunState.PAUSED, RunState.CUT}
    return resting and (view.tally.planned > 0 or view.tally.sending > 0)


def runs_in_short(runs: Sequence[RunView]) -> tuple[str, str]:
    """All runs in two words for the sidebar, and the tone: what was cut off, what asks, what goes."""
    cut = sum(run.state is RunState.CUT for run in runs)
    waiting = sum(asks(run) for run in runs) - cut
    going = sum(run.state.active for run in runs)
    if cut > 0:
        return f"{cut} cut off", "warn"
    if waiting > 0:
        return f"{waiting} {'asks' if waiting == 1 else 'ask'}", "warn"
    return (f"{going} running", "") if going else ("", "")


def way(view: RunView) -> str:
    """From where to where."""
    source = one_line(view.source.source, 60)
    if view.kind == "purge":
        return f"{source} to the archive {view.archive}" if view.archive else source
    targets = [one_line(target, 60) for target in view.targets]
    to = ", ".join(targets[:2]) + (f" and {len(targets) - 2} more" if len(targets) > 2 else "")
    return f"{source} to {to}" if to else source


def send_words(plan: Plan, environment: Environment) -> str:
    """What the confirming button says: the act and what goes first; the others too where they follow by themselves."""
    canary = plan.draft.pace.canary
    if plan.draft.kind == "purge":
        verb = "Archive and remove" if plan.draft.archive else "Remove"
        return f"{verb} {plural(plan.sent, 'message')}"
    if plan.draft.kind == "restore":
        return f"Put back {plural(plan.sent, 'message')}"
    if not 0 < canary < plan.sent:
        return f"Send {plural(plan.sent, 'message')}"
    if environment is Environment.PRODUCTION:
        return f"Send {plural(canary, 'canary message')}"
    return f"Send {count(canary)}, then the other {count(plan.sent - canary)}"


def after_canary(plan: Plan, environment: Environment) -> str:
    """What becomes of the others once the canary is sent; empty without a canary."""
    pace = plan.draft.pace
    if plan.draft.kind != "redrive" or not 0 < pace.canary < plan.sent:
        return ""
    others = f"the other {count(plan.sent - pace.canary)}"
    watched = (
        f"After the first {count(pace.canary)} it watches {duration(pace.watch_s)} whether they come back."
    )
    if environment is Environment.PRODUCTION:
        return f"{watched} Then it stops and asks you before {others}."
    return (
        f"{watched} If none does, it sends {others} by itself."
        " If some do, or that cannot be seen, it stops and asks you."
    )


def counts(plan: Plan) -> tuple[tuple[str, str, bool], ...]:
    """The contract's counts as (name, figure, indented); the indented ones add up to the first."""
    verb = {"redrive": "Sent", "purge": "Archived, then removed", "restore": "Put back"}[plan.draft.kind]
    if plan.draft.kind == "purge" and not plan.draft.archive:
        verb = "Removed, not archived"
    rows = [("Frozen set", count(plan.frozen), False), (verb, count(plan.sent), True)]
    if plan.kept_before:
        rows.append((f"Kept: {one_line(plan.kept_why, 120)}", count(plan.kept_before), True))
    return tuple(rows)


def pace_words(plan: Plan) -> str:
    """How long it takes at the chosen pace."""
    if plan.seconds is None:
        return "no limit: as fast as source and target go"
    return f"about {duration(plan.seconds)}"
