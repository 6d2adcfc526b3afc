"""A run while it goes and after: its sentence, the accounting, what waits for a person, the rate, the ledger."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from adapters.api import RedriveError
from dashboard.bridge.exports import write_ledger
from dashboard.core.runs import Decision as UnknownAct
from dashboard.core.runs import RunState, RunView
from dashboard.core.text import one_line
from dashboard.core.words import count, plural
from dashboard.ui.around import FirstFocus, at_time, connection_of
from dashboard.ui.bench import Bench
from dashboard.ui.export import ExportOverlay
from dashboard.ui.page import Page
from dashboard.ui.places import Place
from dashboard.ui.redrives.decision import Decision
from dashboard.ui.redrives.drafts import Restore
from dashboard.ui.redrives.going import Going
from dashboard.ui.redrives.halves import NARROW
from dashboard.ui.redrives.ledger import Ledger
from dashboard.ui.redrives.notices import NoticeLines, notices
from dashboard.ui.redrives.numbers import RateControl
from dashboard.ui.redrives.run_control import RunControl
from dashboard.ui.redrives.slot import ActSlot, keep_place
from dashboard.ui.redrives.words import asks, headline, parts, state_pill, way
from dashboard.ui.widgets.accounting import AccountingBar
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.headline import Fact, Headline
from dashboard.ui.widgets.labels import line
from dashboard.ui.widgets.marks import Pill
from dashboard.ui.widgets.states import StatePanel
from dashboard.ui.widgets.two_step import TwoStep

PAUSED_MS = 1000


class RunPage(Page):
    """Everything in a frame comes from one `RunView`, so that the parts add up in each."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Redrive run")
        self._focus = FirstFocus(self)
        self.control = RunControl(bench, self)
        self.view: RunView | None = None
        self._named = ""
        self.pill = Pill(bench.look)
        self.pause = Button(bench.look, "Pause", "", "pause", name="Pause the run", run=self.control.pause)
        self.resume = Button(bench.look, "Resume", "", "play", name="Resume the run", run=self._go_on)
        self.restore = Button(bench.look, "Restore…", "", "archive-restore", run=self._restore)
        self._slot = ActSlot((self.pause, self.resume, self.restore))
        # The second press of a double click on Pause must not resume.
        self._paused_now = QTimer(self, singleShot=True, interval=PAUSED_MS)
        self._paused_now.timeout.connect(self._draw)
        cancel = Button(bench.look, "Cancel the rest…", "danger", "square")
        self.cancel = TwoStep(
            bench.look,
            cancel,
            "Cancel the rest",
            self._cancel_words,
            self.control.cancel,
            leave="Keep it as it is",
        )
        self.headline = Headline(bench.look, one_line=True)
        self.accounting = AccountingBar(bench.look)
        self.lines = NoticeLines(bench.look, self._act)
        self.decision = Decision(bench.look)
        self.going = Going(bench)
        self.ledger = Ledger(bench, self.control)
        self.state = StatePanel(bench.look)
        self._stack = QStackedWidget()
        self._lay_out()
        self._bind()
        self.control.viewed.connect(self._take)
        self.control.failed.connect(self._failed)
        self.control.refused.connect(self._refused)
        self.decision.go_on.connect(self.control.resume)
        self.decision.rate.changed.connect(self._rate)
        self.ledger.table.spaced.connect(lambda _: self.control.pause() if self._goes() else None)
        self.going.rate.changed.connect(self._rate)
        bench.ticker.register(self, self._draw)

    def _lay_out(self) -> None:
        self.bar.add_left(self.pill)
        self.export = Button(self.bench.look, "Export ledger…", "ghost", run=self._export)
        self.bar.add_act(self.export)
        self.bar.add_act(self._slot)
        self.bar.add_act(self.cancel.first)
        keep_place(self.cancel.first)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.headline)
        rows.addWidget(self.accounting)
        rows.addWidget(line())
        rows.addWidget(self.lines)
        rows.addWidget(self.decision)
        rows.addWidget(self.going)
        rows.addWidget(line("line2"))
        rows.addWidget(self.ledger, 1)
        self._content = content
        self._stack.addWidget(self.state)
        self._stack.addWidget(content)
        self.body.addWidget(self.cancel)
        self.body.addWidget(self._stack, 1)

    def _bind(self) -> None:
        bind = self.bench.actions.bind
        bind("run.pause", self, self._pause_or_go_on, self._why_over)
        bind("run.faster", self, lambda: self._wanted_rate().step(1), self._why_over)
        bind("run.slower", self, lambda: self._wanted_rate().step(-1), self._why_over)
        bind("run.cancel", self, self.cancel.ask, self._why_over)
        bind("run.export", self, self._export)
        bind("run.unknown", self.ledger.table, lambda: self.ledger.show_outcome("unknown"))
        bind("run.back", self.ledger.table, lambda: self.ledger.show_outcome("returned"))

    # As a page

    def enter(self, what: object) -> None:
        """Follows a run by its id; None the one that was shown."""
        self._focus.begin()
        if isinstance(what, str):
            if self.view is None or what not in {self.view.id, self.view.name}:
                self.view = None
                self.state.loading("Asking for the run…")
                self._stack.setCurrentWidget(self.state)
            self.control.open(what)
        elif self.view is not None:
            self.control.open(self.view.id)
        else:
            self.bench.shell.go(Place("runs"))

    def leave(self) -> None:
        """The run goes on; only the page asks no more."""
        self.control.leave()

    def panes(self) -> Sequence[QWidget]:
        """The ledger, where a key from habit sends nothing; then what asks."""
        confirm = self.decision.confirm
        if not self.decision.isVisibleTo(self):
            return (self.ledger.table, self.going.rate.slider)
        asked = confirm.field if confirm.field.isVisibleTo(self) else confirm.button
        return (self.ledger.table, asked, self.decision.rate.slider)

    def search_field(self) -> QLineEdit | None:
        """None: the ledger is looked through by outcome."""
        return None

    def count_again(self) -> None:
        """Asks how it is."""
        self.control.ask()

    # What comes

    def _take(self, view: RunView) -> None:
        first = self.view is None
        self.view = view
        if first:
            self._draw()
        else:
            self.bench.ticker.mark(self)

    def _draw(self) -> None:
        view = self.view
        if view is None:
            return
        held = cast("QWidget | None", self.window().focusWidget())
        now = self.bench.now().astimezone()
        if view.name != self._named:
            self._named = view.name
            self.bar.set_crumbs((("Redrives", Place("runs")),), view.name)
        self.pill.say(*state_pill(view))
        connection = connection_of(self.bench, view.source.connection)
        started = f"started {at_time(view.opened, now)} by {one_line(view.owner, 40) or 'you'}"
        self.environment.show_connection(connection)
        self.headline.say(headline(view, now))
        self.headline.facts([Fact(f"{way(view)}, {started}", "")])
        self.accounting.show_parts(
            parts(view.kind, view.tally, archived=view.archive is not None), view.tally.frozen, "Frozen"
        )
        self.lines.show_notices(notices(view))
        asking = asks(view)
        self.decision.setVisible(asking)
        if asking:
            self.decision.show_run(view)
        self.going.show_run(view)
        self.going.setVisible(not asking and not view.state.over)
        self.ledger.show_run(view)
        self._allow(view)
        self._stack.setCurrentWidget(self._content)
        if held is not None and self.isAncestorOf(held) and not held.isVisibleTo(self):
            # Qt would hand it on to whatever comes next, which may be a button that sends.
            self.ledger.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._focus.settle()

    def _allow(self, view: RunView) -> None:
        offered = self._offered(view)
        if offered is self.resume and self._slot.currentWidget() is self.pause:
            self._paused_now.start()
        self._slot.offer(offered)
        self.resume.allow("paused just now" if self._paused_now.isActive() else "")
        self.cancel.first.setVisible(not view.state.over)
        if view.state.over:
            self.cancel.back()
        self.cancel.first.allow(self._why_over())

    def _offered(self, view: RunView) -> Button | None:
        if self._goes():
            return self.pause
        if view.state.over or view.state is RunState.STOPPED:
            # A run that stopped by itself asks: its own button goes on, under what that would do.
            restorable = view.kind == "purge" and view.archive is not None and view.tally.moved > 0
            return self.restore if restorable else None
        return self.resume

    def _failed(self, error: RedriveError) -> None:
        if self.view is None:
            self.state.failing("This run could not be asked for", error, self.control.ask)
            self._stack.setCurrentWidget(self.state)

    def _refused(self, error: RedriveError) -> None:
        self.bench.shell.toast(one_line(str(error), 300), tone="danger")
        self.control.ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the export is left to its key and the palette."""
        self.export.setVisible(self.width() >= NARROW)
        super().resizeEvent(event)

    # What is done

    def _act(self, act: str) -> None:
        if act == "resume":
            self.control.resume()
        elif act in {"look", "again", "leave"}:
            self.control.decide(cast(UnknownAct, act))
        elif act in {"unknown", "returned"}:
            self.ledger.show_outcome(act)
            self.ledger.table.setFocus()
        elif act == "source" and self.view is not None:
            self.bench.shell.go(Place("source", self.view.source))

    def _restore(self) -> None:
        view = self.view
        if view is not None and view.archive is not None:
            self.bench.shell.go(Place("plan", Restore(view.archive)))

    def _pause_or_go_on(self) -> None:
        if self._goes():
            self.control.pause()
        else:
            self._go_on()

    def _goes(self) -> bool:
        return self.view is not None and self.view.state.active and self.view.at_work

    def _go_on(self) -> None:
        confirm = self.decision.confirm
        rests = self.view is not None and self.view.state in {RunState.PAUSED, RunState.CUT}
        if rests or not self.decision.isVisibleTo(self):
            if not self._paused_now.isActive():
                self.control.resume()
        elif confirm.field.isVisibleTo(self):
            confirm.field.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            confirm.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _wanted_rate(self) -> RateControl:
        return self.decision.rate if self.decision.isVisibleTo(self) else self.going.rate

    def _export(self) -> None:
        view = self.view
        if view is None:
            return
        number = plural(view.tally.frozen, "message")
        overlay = ExportOverlay(
            self.bench,
            self.window(),
            f"Export the ledger of {view.name}",
            f"The fate of {number}, one JSON document a line.",
            f"redrive-{view.name}.jsonl",
            lambda desk, path: write_ledger(desk, view.id, path),
        )
        self.bench.shell.overlay(overlay)

    def _why_over(self) -> str:
        return "the run is over" if self.view is None or self.view.state.over else ""

    def _cancel_words(self) -> str:
        view = self.view
        if view is None:
            return ""
        tally = view.tally
        left = plural(tally.planned, "message")
        done = {
            "redrive": f"{count(tally.moved)} sent are not called back.",
            "purge": f"{count(tally.moved)} removed stay removed"
            + (": Restore puts them back." if view.archive else ", with no archive."),
            "restore": f"{count(tally.moved)} put back stay.",
        }[view.kind]
        return f"Keep {left} {'in the archive' if view.kind == 'restore' else 'here'}? {done}"

    def _rate(self, rate: float | None) -> None:
        view = self.view
        if view is not None:
            self.control.set_pace(replace(view.pace, rate=rate))
