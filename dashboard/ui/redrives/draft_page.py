"""What the plans of redrive, restore and purge have in common: steps beside the contract, and what confirming does."""

from PySide6.QtWidgets import QStackedWidget

from adapters.api import Environment, RedriveError
from dashboard.core.runs import Draft, Plan, RunView
from dashboard.core.text import one_line
from dashboard.ui.around import FirstFocus, connection_of
from dashboard.ui.bench import Bench
from dashboard.ui.page import Page
from dashboard.ui.places import Place
from dashboard.ui.redrives.contract import Contract
from dashboard.ui.redrives.drafts import Restore
from dashboard.ui.redrives.halves import Halves
from dashboard.ui.redrives.planning import PlanControl
from dashboard.ui.redrives.steps import Steps, WhatStep
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.headline import Headline
from dashboard.ui.widgets.labels import line
from dashboard.ui.widgets.states import StatePanel


class DraftPage(Page):
    """Subclasses add their steps, then call `lay_out`, and override `begin` and `show_plan`."""

    def __init__(self, bench: Bench, title: str, contract: Contract) -> None:
        super().__init__(bench, title)
        self._focus = FirstFocus(self)
        self.control = PlanControl(bench, self)
        self.headline = Headline(bench.look, one_line=True)
        self.what = WhatStep()
        self.steps = Steps()
        self.contract = contract
        self.state = StatePanel(bench.look)
        self.discard = Button(bench.look, "Discard", "ghost", run=self._discard)
        self._stack = QStackedWidget()
        self._begun: Draft | Restore | None = None
        contract.confirm.confirmed.connect(self._confirm)
        self.control.planned.connect(self._planned)
        self.control.failed.connect(self._failed)
        self.control.stale.connect(lambda: contract.wait("Counting again…"))
        self.control.started.connect(self._started)
        self.control.refused.connect(self._refused)

    def lay_out(self, name: str) -> None:
        """Puts the steps, which screen readers call `name`, beside the contract."""
        self.halves = Halves(self.steps, self.contract, name)
        self._stack.addWidget(self.state)
        self._stack.addWidget(self.halves)
        self.body.addWidget(self.headline)
        self.body.addWidget(line())
        self.body.addWidget(self._stack, 1)

    def begin(self, what: Draft | Restore) -> None:
        """Shows a new draft in the steps, before its plan comes."""
        raise NotImplementedError

    def show_plan(self, plan: Plan) -> None:
        """Shows in the page's own steps what the plan says."""
        raise NotImplementedError

    def open(self, what: Draft | Restore) -> None:
        """Begins with `what`; gone back to, what was changed meanwhile stays and the numbers are made anew."""
        self._focus.begin()
        if what == self._begun and self.control.plan is not None:
            self.control.ask()
            return
        self._begun = what
        self.headline.say("Counting…")
        self.state.loading("Counting…")
        self._stack.setCurrentWidget(self.state)
        self.contract.begin()
        self.begin(what)
        self.control.open(what)

    def count_again(self) -> None:
        """Makes the plan again."""
        self.control.ask()

    def _planned(self, plan: Plan) -> None:
        connection = connection_of(self.bench, plan.draft.to_connection or plan.source.connection)
        environment = connection.environment if connection is not None else Environment.PRODUCTION
        self.environment.show_connection(connection)
        self.headline.say(plan.headline)
        self.what.show_plan(plan, self.bench)
        self.show_plan(plan)
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
