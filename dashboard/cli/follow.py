"""A run from its plan to its end, seen from a terminal: questions, progress, Ctrl+C, the last word."""

from collections import Counter
from collections.abc import Callable

from rich.text import Text

from adapters.api import Denied
from dashboard.cli import documents, tables
from dashboard.cli.exits import ExitCode, code_of_run
from dashboard.cli.session import Session
from dashboard.core import words
from dashboard.core.runs import Draft, Plan, RunState, RunView
from dashboard.core.text import one_line

Document = Callable[[RunView], documents.Document]

SHORTEST_S = 0.05
LONGEST_S = 0.5
REASONS_OF = 1000
MOST_REASONS = 3
PAUSE_S = 60.0
"""How long a run may take to pause: what is admitted is finished first."""


async def carry_out(
    session: Session, plan: Plan, confirm: str | None, document: Document, *, dry_run: bool
) -> ExitCode:
    """Shows a plan; unless that was all, confirms it, follows its run to the end and prints the last word."""
    show_plan(session, plan, dry_run=dry_run)
    refuse(plan)
    if dry_run:
        return ExitCode.DONE
    typed = confirmed(session, plan, confirm)
    view = await session.desk.confirm(plan, typed, rest_too=confirm is not None)
    return await finish(session, view, document)


async def finish(session: Session, view: RunView, document: Document) -> ExitCode:
    """Follows a run, asks a person who is there about the rest after its canary, and prints the last word."""
    view = await follow(session, view)
    while _asks_again(session, view):
        session.out.warn(tables.run_line(view))
        word = session.ask(f"Type {view.typed or 'yes'} to send the rest:").strip()
        if word != (view.typed or "yes"):
            break
        view = await follow(session, await session.desk.resume(view.id, word if view.typed else ""))
    return await last_word(session, view, document)


def _asks_again(session: Session, view: RunView) -> bool:
    return view.state is RunState.STOPPED and view.canary_done and session.out.asks and not session.stop.asked


def show_plan(session: Session, plan: Plan, *, dry_run: bool) -> None:
    """The plan: as JSON where only it was asked for, else for the eyes of a person who is asked."""
    if dry_run and session.out.json_wanted:
        session.out.document(documents.plan(plan))
    elif dry_run or (session.out.asks and not session.out.json_wanted):
        session.out.show(tables.plan(plan))


def refuse(plan: Plan) -> None:
    """Raises `Denied` where a caution of the plan forbids the run."""
    for warning in plan.warnings:
        if warning.stop:
            raise Denied(warning.sentences, hint=warning.remedy)


def confirmed(session: Session, plan: Plan, confirm: str | None) -> str:
    """What was typed to confirm; raises `Denied` where it is missing and nobody can be asked."""
    if confirm is not None:
        return confirm
    name = plan.source.connection
    if plan.typed is not None:
        if not session.out.asks:
            raise Denied(
                f"{name} asks for its name before anything is done.", hint=f"Pass --confirm {plan.typed}"
            )
        return session.ask(f"Type {plan.typed} to {plan.draft.kind} {words.plural(plan.frozen, 'message')}:")
    if session.out.asks and session.ask(f"{tables.plan_headline(plan)} y/N:").strip().lower() not in {
        "y",
        "yes",
    }:
        raise Denied("Not confirmed.", hint="Nothing was done.")
    return ""


async def follow(session: Session, view: RunView) -> RunView:
    """Watches a run until its process leaves it; Ctrl+C pauses it."""
    pause = SHORTEST_S
    with session.stop.listening(), session.out.progress() as progress:
        while not left(view):
            progress.show(Text(one_line(tables.run_line(view))))
            if await session.stop.wait(pause):
                return await _pause(session, view)
            pause = min(pause * 1.5, LONGEST_S)
            view = await session.desk.run(view.id)
    return view


async def _pause(session: Session, view: RunView) -> RunView:
    session.out.note(f"{view.name} is asked to pause; what is under way is finished first.")
    await session.desk.pause(view.id)
    return await rested(session, view)


async def rested(session: Session, view: RunView) -> RunView:
    """Waits a bounded time until nobody works on the run."""
    deadline = PAUSE_S
    while not left(view) and deadline > 0:
        await session.stop.elapse(SHORTEST_S)
        deadline -= SHORTEST_S
        view = await session.desk.run(view.id)
    return view


def left(view: RunView) -> bool:
    """Whether nobody works on the run now."""
    at_rest = view.state in {RunState.PAUSED, RunState.STOPPED, RunState.CUT}
    return view.state.over or (at_rest and not view.at_work)


async def last_word(session: Session, view: RunView, document: Document) -> ExitCode:
    """Prints how a run ended, or where it stands and how to go on."""
    if session.out.json_wanted:
        session.out.document(document(view))
    else:
        session.out.text(tables.run_line(view))
    if not view.state.over:
        why = f" {view.reason}" if view.reason and session.out.json_wanted else ""
        session.out.warn(f"{view.name} is {view.state.value}.{why} Go on with: {view.resume}")
    for outcome, number in (("kept", view.tally.kept), ("unknown", view.tally.unknown)):
        if number:
            session.out.warn(await _reasons(session, view, outcome, number))
    return code_of_run(view)


async def _reasons(session: Session, view: RunView, outcome: str, number: int) -> str:
    page = await session.desk.ledger(view.id, outcome, offset=0, limit=REASONS_OF)
    found = Counter(row.reason or "no reason told" for row in page.rows).most_common(MOST_REASONS)
    said = "; ".join(f"{reason} ({words.count(count)})" for reason, count in found)
    return f"{words.count(number)} {outcome}: {said}. redrive runs report {view.name} has each."


async def planned(session: Session, draft: Draft) -> Plan:
    """The plan of a draft, its warnings told on stderr where nobody sees the table."""
    plan = await session.desk.plan(draft)
    if not session.out.asks:
        for warning in plan.warnings:
            if not warning.stop:
                session.out.warn(warning.sentences)
    return plan
