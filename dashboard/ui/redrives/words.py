"""Sentences of plans and runs, made from one `RunView` or `Plan` so that no two numbers are of different moments."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dashboard.core.runs import Plan, RunKind, RunState, RunView, Tally
from dashboard.core.text import one_line
from dashboard.core.words import count, duration, plural, share
from dashboard.ui.around import since
from dashboard.ui.widgets.accounting import Part
from dashboard.ui.widgets.marks import Mark, Tone

SENT: dict[RunKind, str] = {"redrive": "sent", "purge": "archived and removed", "restore": "put back"}


def parts(kind: RunKind, tally: Tally) -> tuple[Part, ...]:
    """Where the messages are; the parts add up to the frozen count, as the tally's own do."""
    moved = tally.moved - tally.returned
    first = {
        "redrive": Part("In target", moved, "ok"),
        "purge": Part("Archived", moved, "ok"),
        "restore": Part("Put back", moved, "ok"),
    }[kind]
    back = (Part("Came back", tally.returned, "warn"),) if kind == "redrive" or tally.returned else ()
    return (
        first,
        *back,
        Part("Kept", tally.kept, "text"),
        Part("Gone", tally.gone, "danger"),
        Part("Unknown", tally.unknown, "danger"),
        Part("In flight", tally.sending, "accent"),
        Part("Not sent" if kind != "purge" else "Not removed", tally.planned, "line2"),
    )


def headline(view: RunView, now: datetime) -> str:
    """What a run says first."""
    tally, verb = view.tally, SENT[view.kind]
    back = f", {plural(tally.returned, 'message')} came back" if tally.returned else ""
    state = view.state
    if state is RunState.DONE:
        rest = [
            f"{count(part.number)} {part.name.lower()}" for part in parts(view.kind, tally)[1:] if part.number
        ]
        ended = ", ".join(rest)
        return f"Done: {count(tally.moved - tally.returned)} {verb}{', ' + ended if ended else ''}"
    if state is RunState.CANCELLED:
        return f"Cancelled: {count(tally.moved)} {verb}{back}, {count(tally.kept)} kept"
    if state is RunState.WATCHING:
        return f"{plural(tally.moved, 'canary message')} sent{back}; nothing else has been sent"
    if state is RunState.STOPPED and view.canary_done and tally.planned:
        stayed = tally.moved - tally.returned
        if view.tally.returned or tally.moved <= view.pace.canary:
            return f"{count(stayed)} of {plural(tally.moved, 'canary message')} stayed{back}; nothing else has been sent"
    done = f"{share(tally.moved, tally.frozen)} {verb}{back}"
    if state is RunState.RUNNING and view.sent_rate:
        left = timedelta(seconds=tally.planned / view.sent_rate)
        return f"{done}, done at about {since(now + left, now)}"
    lead = {
        RunState.PAUSED: "Paused: ",
        RunState.STOPPED: "Stopped: ",
        RunState.CUT: "Cut off: ",
        RunState.HELD: "Held: ",
    }.get(state, "")
    return f"{lead}{done}"


def state_pill(view: RunView) -> tuple[str, Tone, Mark]:
    """The state in words, with its tone and mark."""
    asks = view.state is RunState.STOPPED and view.canary_done and not view.tally.returned
    if asks:
        return "Waits for you", "warn", "none"
    shown: dict[RunState, tuple[str, Tone, Mark]] = {
        RunState.FROZEN: ("Confirmed", "info", "none"),
        RunState.RUNNING: ("Running", "info", "none"),
        RunState.WATCHING: ("Watching the canary", "info", "pending"),
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


def send_words(plan: Plan) -> str:
    """What the confirming button says: the act and the number that goes first."""
    canary = plan.draft.pace.canary
    if plan.draft.kind == "purge":
        verb = "Archive and remove" if plan.draft.archive else "Remove"
        return f"{verb} {plural(plan.sent, 'message')}"
    if plan.draft.kind == "restore":
        return f"Put back {plural(plan.sent, 'message')}"
    if 0 < canary < plan.sent:
        return f"Send {plural(canary, 'canary message')}"
    return f"Send {plural(plan.sent, 'message')}"


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
