"""The plan of a redrive or a restore: steps at the left, the contract at the right. Nothing is sent from here but by
its last button.
"""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QStackedWidget, QWidget

from adapters.api import Environment, RedriveError
from dashboard.core.runs import GUARANTEES, Draft, Pace, Plan, RunView
from dashboard.core.text import one_line
from dashboard.ui.around import FirstFocus, connection_of
from dashboard.ui.bench import Bench
from dashboard.ui.page import Page
from dashboard.ui.places import Place
from dashboard.ui.redrives.contract import Contract
from dashboard.ui.redrives.drafts import Restore
from dashboard.ui.redrives.halves import Halves
from dashboard.ui.redrives.planning import PlanControl
from dashboard.ui.redrives.steps import CheckStep, PaceStep, Steps, WhatStep, WhereStep
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.headline import Headline
from dashboard.ui.widgets.labels import label, line
from dashboard.ui.widgets.states import StatePanel


class PlanPage(Page):
    """Opened with a `Draft`, or with a `Restore`."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "New redrive")
        self._focus = FirstFocus(self)
        self.control = PlanControl(bench, self)
        self.headline = Headline(bench.look, one_line=True)
        self.what = WhatStep()
        self.where = WhereStep(bench.look)
        self.guarantee = label("", "body", wrap=True)
        self.change = CheckStep(bench.look, "Drop the failure headers", _change_words)
        self.pace = PaceStep(bench.look)
        self.steps = Steps()
        self.contract = Contract(bench.look)
        self.state = StatePanel(bench.look)
        self._stack = QStackedWidget()
        self._begun: Draft | Restore | None = None
        self.discard = Button(bench.look, "Discard", "ghost", run=self._discard)
        self.bar.add_act(self.discard)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.steps.add("What", self.what)
        self.steps.add("Where", self.where)
        self.steps.add("Guarantee", self.guarantee)
        self._change_step = self.steps.add("Change", self.change)
        self._pace_step = self.steps.add("Pace", self.pace)
        self.halves = Halves(self.steps, self.contract, "Steps of the plan")
        self._stack.addWidget(self.state)
        self._stack.addWidget(self.halves)
        self.body.addWidget(self.headline)
        self.body.addWidget(line())
        self.body.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.where.changed.connect(self._to)
        self.change.changed.connect(self._drop)
        self.pace.changed.connect(self._at_pace)
        self.contract.confirm.confirmed.connect(self._confirm)
        self.control.planned.connect(self._planned)
        self.control.failed.connect(self._failed)
        self.control.stale.connect(lambda: self.contract.wait("Counting again…"))
        self.control.started.connect(self._started)
        self.control.refused.connect(self._refused)

    # As a page

    def enter(self, what: object) -> None:
        """Opens a draft or a restore; going back to the page finds it as it was."""
        self._focus.begin()
        if isinstance(what, Draft | Restore):
            if what != self._begun or self.control.plan is None:
                self._begin(what)
            else:
                # Gone back to: what was changed meanwhile stays, the numbers are made anew.
                self.control.ask()
        elif self.control.plan is None:
            self.state.say(
                "rotate-cw", "No plan is open",
                "A plan begins in Dead letters: choose messages, then Redrive…",
                acts=[("Dead letters", lambda: self.bench.shell.go(Place("dead")))],
            )  # fmt: skip
            self.headline.say("Nothing is planned")
            self._stack.setCurrentWidget(self.state)

    def panes(self) -> Sequence[QWidget]:
        """Confirmation, contract, steps."""
        confirm = self.contract.confirm
        if self.halves.narrow:
            # What is confirmed comes last there, after all that it depends on.
            return (self.halves, confirm.field)
        if confirm.field.isVisibleTo(self):
            return (confirm.field, self.contract.rolling, self.where.field, self.pace.canary)
        # Where nothing is typed the button is not where a key from habit would press it.
        return (self.contract.rolling, confirm.button, self.where.field, self.pace.canary)

    def count_again(self) -> None:
        """Makes the plan again."""
        self.control.ask()

    def _begin(self, what: Draft | Restore) -> None:
        self._begun = what
        restoring = isinstance(what, Restore)
        way = ("Archives", Place("archives")) if restoring else ("Redrives", Place("runs"))
        self.bar.set_crumbs((way,), "Restore" if restoring else "New redrive")
        self.headline.say("Counting…")
        self.state.loading("Counting, and asking the broker about the targets…")
        self._stack.setCurrentWidget(self.state)
        self.contract.confirm.clear()
        self._change_step.setVisible(not restoring)
        self._pace_step.setVisible(not restoring)
        if isinstance(what, Draft):
            self.where.begin(what.to)
            self.change.show_value(what.rules.drop_failure_headers)
            self.pace.show_pace(what.pace)
        else:
            self.where.begin(what.to, "Where they came from")
        self.control.open(what)

    # What is changed

    def _to(self, to: str | None) -> None:
        draft, restore = self.control.draft, self.control.restore
        if draft is not None:
            self.control.change(replace(draft, to=to))
        elif restore is not None:
            self.control.change_restore(replace(restore, to=to))

    def _drop(self, drop: bool) -> None:  # noqa: FBT001
        draft = self.control.draft
        if draft is not None:
            rules = replace(draft.rules, drop_failure_headers=drop)
            self.control.change(replace(draft, rules=rules))

    def _at_pace(self, pace: Pace) -> None:
        draft = self.control.draft
        if draft is not None:
            self.control.change(replace(draft, pace=pace))

    # What comes

    def _planned(self, plan: Plan) -> None:
        name = plan.draft.to_connection or plan.source.connection
        connection = connection_of(self.bench, name)
        environment = connection.environment if connection is not None else Environment.PRODUCTION
        self.environment.show_connection(connection)
        self.headline.say(plan.headline)
        self.what.show_plan(plan, self.bench)
        self.where.show_targets(plan)
        self.guarantee.setText(plan.guarantee_words or GUARANTEES[plan.guarantee])
        self.pace.show_plan(plan)
        self.contract.show_plan(plan, environment)
        self._stack.setCurrentWidget(self.halves)
        self._focus.settle()

    def _failed(self, error: RedriveError) -> None:
        self.headline.say("This cannot be planned")
        # The steps stay where a change of theirs is the way out.
        if self._stack.currentWidget() is self.halves:
            self.contract.wait(str(error))
        else:
            self.state.failing("No plan could be made", error, self.control.ask)

    def _discard(self) -> None:
        self.control.plan = None
        self.bench.shell.back()

    def _confirm(self, typed: str) -> None:
        self.contract.wait("Freezing the set…")
        self.control.confirm(typed)

    def _started(self, run: RunView) -> None:
        self.contract.confirm.clear()
        self.control.plan = None
        self.bench.shell.go(Place("run", run.id))

    def _refused(self, error: RedriveError) -> None:
        self.contract.wait("")
        self.bench.shell.toast(one_line(str(error), 300), tone="danger")


def _change_words(drop: bool) -> str:  # noqa: FBT001
    own = "redrive-run, redrive-count and redrive-first-failed are added; body and all other headers stay byte by byte."
    return own if drop else f"They stay. {own}"
