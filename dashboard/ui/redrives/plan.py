"""The plan of a redrive or a restore: steps at the left, the contract at the right. Nothing is sent from here but by
its last button.
"""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from dashboard.core.runs import GUARANTEES, Draft, Pace, Plan
from dashboard.ui.bench import Bench
from dashboard.ui.places import Place
from dashboard.ui.redrives.contract import Contract
from dashboard.ui.redrives.draft_page import DraftPage
from dashboard.ui.redrives.drafts import Restore
from dashboard.ui.redrives.options import CheckStep, PaceStep
from dashboard.ui.redrives.where import WhereStep
from dashboard.ui.widgets.labels import label


class PlanPage(DraftPage):
    """Opened with a `Draft`, or with a `Restore`."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "New redrive", Contract(bench.look))
        self.where = WhereStep(bench.look)
        self.guarantee = label("", "body", wrap=True)
        self.change = CheckStep(bench.look, "Drop the failure headers", _change_words)
        self.pace = PaceStep(bench.look)
        self.bar.add_act(self.discard)
        self.steps.add("What", self.what)
        self.steps.add("Where", self.where)
        self.steps.add("Guarantee", self.guarantee)
        self._change_step = self.steps.add("Change", self.change)
        self._pace_step = self.steps.add("Pace", self.pace)
        self.lay_out("Steps of the plan")
        self.where.changed.connect(self._to)
        self.change.changed.connect(self._drop)
        self.pace.changed.connect(self._at_pace)

    # As a page

    def enter(self, what: object) -> None:
        """Opens a draft or a restore; going back to the page finds it as it was."""
        if isinstance(what, Draft | Restore):
            self.open(what)
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

    def begin(self, what: Draft | Restore) -> None:
        """Restores have neither changes nor a pace."""
        restoring = isinstance(what, Restore)
        way = ("Archives", Place("archives")) if restoring else ("Redrives", Place("runs"))
        self.bar.set_crumbs((way,), "Restore" if restoring else "New redrive")
        self.state.loading("Counting, and asking the broker about the targets…")
        self._change_step.setVisible(not restoring)
        self._pace_step.setVisible(not restoring)
        if isinstance(what, Draft):
            self.where.begin(what.to)
            self.change.show_value(what.rules.drop_failure_headers)
            self.pace.show_pace(what.pace)
        else:
            self.where.begin(what.to, "Where they came from")

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

    def show_plan(self, plan: Plan) -> None:
        """Targets, guarantee, and how long it takes."""
        self.where.show_targets(plan)
        self.guarantee.setText(plan.guarantee_words or GUARANTEES[plan.guarantee])
        self.pace.show_plan(plan)


def _change_words(drop: bool) -> str:  # noqa: FBT001
    own = "redrive-run, redrive-count and redrive-first-failed are added; body and all other headers stay byte by byte."
    return own if drop else f"They stay. {own}"
