"""All runs, newest first; what was cut off or waits for a person stands on top."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

from PySide6.QtCore import QRect, QRectF, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QWidget

from adapters.api import Environment, RedriveError
from dashboard.core.runs import RunState, RunView
from dashboard.core.text import one_line
from dashboard.core.words import count, iso, plural, share
from dashboard.ui.around import FirstFocus, at_time
from dashboard.ui.bench import Bench
from dashboard.ui.look import Look
from dashboard.ui.page import Page
from dashboard.ui.places import Place
from dashboard.ui.redrives.words import asks, number_of, state_pill, way
from dashboard.ui.tables.cells import Cells
from dashboard.ui.tables.listed import ListedModel, Section
from dashboard.ui.tables.table import Table
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.headline import Headline
from dashboard.ui.widgets.labels import line
from dashboard.ui.widgets.marks import paint_pill
from dashboard.ui.widgets.states import StatePanel

COLUMNS = ("Run", "State", "What", "Frozen", "Sent", "Came back", "Kept", "Unknown", "Started", "By")
WIDTHS = (92, 160, 320, 84, 76, 84, 68, 78, 104, 110)
RIGHT = frozenset({3, 4, 5, 6, 7})
NAME, STATE, WHAT, FROZEN, SENT, BACK, KEPT, UNKNOWN, STARTED, BY = range(10)

LOOK_MS = 3000


def arrange(runs: Sequence[RunView]) -> list[RunView | Section]:
    """Lines with their sections: what waits for a person, what goes, what is over."""
    parts = (
        ("Waits for you", [run for run in runs if asks(run)]),
        ("Going", [run for run in runs if not run.state.over and not asks(run)]),
        ("Over", [run for run in runs if run.state.over]),
    )
    lines: list[RunView | Section] = []
    for title, found in parts:
        if found:
            lines += [Section(title, count(len(found))), *found]
    return lines


def headline(runs: Sequence[RunView]) -> tuple[str, str]:
    """What the page says first, and the line of why."""
    cut = [run for run in runs if run.state is RunState.CUT]
    waiting = [run for run in runs if asks(run) and run.state is not RunState.CUT]
    going = [run for run in runs if run.state.active]
    said = []
    if cut:
        said.append(f"{plural(len(cut), 'run')} {'was' if len(cut) == 1 else 'were'} cut off")
    if waiting:
        said.append(f"{plural(len(waiting), 'run')} {'waits' if len(waiting) == 1 else 'wait'} for you")
    if going:
        said.append(f"{plural(len(going), 'run')} {'goes' if len(going) == 1 else 'go'} on")
    if cut:
        why = f"{cut[0].name} in {way(cut[0])}: going on first settles what was in flight. Nothing is sent twice unsaid."
    elif said:
        why = "Leaving a run's page keeps it going."
    else:
        why = "A redrive begins in Dead letters: choose messages, then Redrive…"
    return ("; ".join(said) if said else "No redrive is running"), why


def cell_text(run: RunView, column: int) -> str:
    """A cell as it is copied."""
    tally = run.tally
    return (
        run.name,
        state_pill(run)[0],
        f"{run.kind}: {way(run)}",
        str(tally.frozen),
        str(number_of("sent", tally)),
        str(tally.returned),
        str(tally.kept),
        str(tally.unknown),
        iso(run.opened),
        one_line(run.owner),
    )[column]


def spoken(run: RunView) -> str:
    """A row as one sentence."""
    done = share(run.tally.moved, run.tally.frozen)
    return one_line(
        f"{run.name}, {run.kind}, {state_pill(run)[0]}, {way(run)}, {done} of {count(run.tally.frozen)}", 300
    )


class RunCells(Cells):
    """Paints a run."""

    def __init__(self, look: Look, table: Table, now: Callable[[], datetime]) -> None:
        super().__init__(look, table)
        self._now = now

    def strip(self, record: object) -> str:
        """The colour of its environment."""
        assert isinstance(record, RunView)
        return self.look.environment(Environment(record.environment))[0] if record.environment else ""

    def cell(self, painter: QPainter, box: QRect, record: object, column: int) -> None:
        """One line a run; zeros are dim."""
        assert isinstance(record, RunView)
        tokens, tally = self.look.tokens, record.tally
        if column == NAME:
            self.text(painter, box.adjusted(8, 0, 0, 0), record.name, tokens.text, role="source")
        elif column == STATE:
            words, tone, mark = state_pill(record)
            paint_pill(painter, QRectF(box), self.look, words, tone, mark)
        elif column == WHAT:
            kind = record.kind.title()
            width = self.text(painter, box, kind, tokens.text2)
            self.text(painter, box.adjusted(width + 8, 0, 0, 0), way(record), tokens.text)
        elif column in {FROZEN, SENT, BACK, KEPT, UNKNOWN}:
            number = (tally.frozen, number_of("sent", tally), tally.returned, tally.kept, tally.unknown)[
                column - FROZEN
            ]
            loud = {BACK: tokens.warn, UNKNOWN: tokens.danger}.get(column, tokens.text)
            self.text(painter, box, count(number), loud if number else tokens.text3, right=True)
        elif column == STARTED:
            self.text(painter, box, at_time(record.opened, self._now().astimezone()), tokens.text2)
        else:
            self.text(painter, box, one_line(record.owner, 60), tokens.text3)


class RunsPage(Page):
    """Enter opens a run; a cut one is resumed from here as well."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Redrives")
        self._focus = FirstFocus(self)
        self._runs: tuple[RunView, ...] | None = None
        self.headline = Headline(bench.look)
        self.headline.say("Redrives", "Asking for the runs.")
        self.resume = Button(bench.look, "Resume", "primary", "play", run=self._resume)
        self.archives = Button(
            bench.look, "Archives", "ghost", "archive", run=lambda: bench.shell.go(Place("archives"))
        )
        self.bar.add_act(self.archives)
        self.bar.add_act(self.resume)
        self.model = ListedModel[RunView](COLUMNS, lambda run: run.id, cell_text, spoken, RIGHT, self)
        self.table = Table(bench.look, "Runs")
        self.table.setItemDelegate(RunCells(bench.look, self.table, bench.now))
        self.table.setModel(self.model)
        self.table.set_widths(WIDTHS, stretch=WHAT)
        self.table.opened.connect(self._open)
        self.table.moved.connect(lambda _: self._allow())
        self.state = StatePanel(bench.look)
        self.state.loading()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.state)
        self._stack.addWidget(self.table)
        self.body.addWidget(self.headline)
        self.body.addWidget(line())
        self.body.addWidget(self._stack, 1)
        bench.actions.bind("runs.resume", self, self._resume, self._why_not)
        # A run of another process, or one that was cut off, tells nothing here.
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self.count_again)
        bench.ticker.register(self, self._draw)
        bench.bridge.subscribe(self, "runs", self._take)

    def enter(self, what: object) -> None:
        """Asks for the runs."""
        self._focus.begin()
        del what
        self.count_again()
        self._look.start()

    def leave(self) -> None:
        """Asks no more by itself."""
        self._look.stop()

    def count_again(self) -> None:
        """Asks again."""
        self.bench.commands.ask(self, lambda desk: desk.runs(), self._take, self._failed)

    def panes(self) -> Sequence[QWidget]:
        """The table."""
        return (self.table,)

    def search_field(self) -> QLineEdit | None:
        """None: the list is short."""
        return None

    def _take(self, value: object) -> None:
        self._runs = tuple(cast(Sequence[RunView], value))
        self.bench.ticker.mark(self)

    def _draw(self) -> None:
        runs = self._runs
        if runs is None:
            return
        self.headline.say(*headline(runs))
        lines = arrange(runs)
        chosen = self.model.record(self.table.currentIndex().row())
        if self.model.show(lines):
            row = self.model.row_of(chosen.id) if chosen is not None else -1
            self.table.select_row(row if row >= 0 else self.model.first())
        if lines:
            self._stack.setCurrentWidget(self.table)
        else:
            self.state.say(
                "rotate-cw", "No run yet", "A redrive begins in Dead letters: choose messages, then Redrive…",
                acts=[("Dead letters", lambda: self.bench.shell.go(Place("dead")))],
            )  # fmt: skip
            self._stack.setCurrentWidget(self.state)
        self._allow()
        self._focus.settle()

    def _failed(self, error: RedriveError) -> None:
        if self._runs is None:
            self.state.failing("The runs could not be asked for", error, self.count_again)
            self._stack.setCurrentWidget(self.state)
        else:
            self.bench.shell.toast(str(error), tone="warn")

    def _chosen(self) -> RunView | None:
        return self.model.record(self.table.currentIndex().row())

    def _why_not(self) -> str:
        run = self._chosen()
        if run is None:
            return "no run is chosen"
        return "" if asks(run) else f"{run.name} does not wait"

    def _allow(self) -> None:
        why = self._why_not()
        self.resume.setVisible(not why)
        run = self._chosen()
        if run is not None:
            self.resume.setText(f"Resume {run.name}")
            self.resume.setAccessibleName(f"Resume {run.name}")

    def _resume(self) -> None:
        run = self._chosen()
        if run is None:
            return
        if run.state is RunState.CUT and not run.canary_done:
            self.bench.commands.ask(
                self,
                lambda desk: desk.resume(run.id),
                lambda view: self.bench.shell.go(Place("run", view.id)),
                lambda error: self.bench.shell.toast(str(error), tone="danger"),
            )
        else:
            # What asks is on the run's page, with what it would do.
            self.bench.shell.go(Place("run", run.id))

    def _open(self, row: int) -> None:
        run = self.model.record(row)
        if run is not None:
            self.bench.shell.go(Place("run", run.id))
