"""One source: its sentence, the search, causes, messages, the chosen message whole, and what is selected."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QWidget

from adapters.api import ConfigError, NotFound, RedriveError
from dashboard.bridge.exports import write_letters
from dashboard.core.fleet import ResourceKey
from dashboard.core.letters import SourceKey, SourceView
from dashboard.core.runs import Draft, RunKind
from dashboard.core.text import one_line
from dashboard.core.words import count, plural
from dashboard.ui.around import FirstFocus, at_time, connection_of, first_button, row_of
from dashboard.ui.bench import Bench
from dashboard.ui.dead_letters.chosen import Chosen, SelectionBar
from dashboard.ui.dead_letters.content import SourceContent
from dashboard.ui.dead_letters.control import SourceControl
from dashboard.ui.dead_letters.strip import ReadingStrip
from dashboard.ui.dead_letters.terms import quoted
from dashboard.ui.dead_letters.words import arrived, reading_words, source_headline
from dashboard.ui.export import ExportOverlay
from dashboard.ui.page import Page
from dashboard.ui.places import CauseOf, Place
from dashboard.ui.redrives.drafts import default_pace
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.headline import Fact, Headline
from dashboard.ui.widgets.labels import line
from dashboard.ui.widgets.states import Act, StatePanel
from dashboard.ui.widgets.two_step import TwoStep

FIRST = 200


class SourcePage(Page):
    """Shows one reading of a source. Opening it reads nothing that costs."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Dead letters of a source")
        self._focus = FirstFocus(self)
        self.chosen = Chosen(self)
        self.control = SourceControl(bench, self._holds, self)
        self.headline = Headline(bench.look, one_line=True)
        self.content = SourceContent(bench, self.control, self.chosen)
        self.state = StatePanel(bench.look)
        self.state.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.progress = ReadingStrip(bench.look, self.control.stop, self._again_asked)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.state)
        self._stack.addWidget(self.content)
        self.foot = SelectionBar(bench.look, self.chosen)
        self.purge = Button(bench.look, "Purge…", "danger", "trash-2", run=lambda: self._plan("purge"))
        self.redrive = Button(
            bench.look, "Redrive…", "primary", "rotate-cw", run=lambda: self._plan("redrive")
        )
        self.export = Button(bench.look, "Export…", "ghost", "download", run=self._export)
        self.foot.add(self.export)
        self.foot.add(self.purge)
        self.foot.add(self.redrive)
        self._again = Button(bench.look, "Read again", "ghost", "refresh-cw")
        self.again = TwoStep(
            bench.look, self._again, "Read again", self._price, self._read, tone="", leave="Leave it"
        )
        self.bar.add_act(self._again)
        self.newer = Button(bench.look, "", "link", run=self.control.show_newer)
        self._lay_out()
        self._bind()
        self.control.viewed.connect(self._viewed)
        self.control.replaced.connect(self._replaced)
        self.control.failed.connect(self._failed)
        self.control.refused.connect(self._refused)
        self.chosen.changed.connect(self._allow)
        self.content.counted.connect(self._allow)
        bench.bridge.subscribe(self, "fleet", lambda _: self._count_arrived())

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 16, 0)
        top.addWidget(self.headline, 1)
        top.addWidget(self.newer)
        self.newer.hide()
        self.body.addWidget(self.again)
        self.body.addLayout(top)
        self.body.addWidget(self.progress)
        self.body.addWidget(line())
        self.body.addWidget(self._stack, 1)
        self._foot_line = line("line2")
        self.body.addWidget(self._foot_line)
        self.body.addWidget(self.foot)

    def _bind(self) -> None:
        bind = self.bench.actions.bind
        table = self.content.table
        bind("dead.redrive", table, lambda: self._plan("redrive"), self._why_not)
        bind("dead.redrive", self.content.causes, lambda: self._plan("redrive"), self._why_not)
        bind("dead.purge", self, lambda: self._plan("purge"), self._why_not)
        bind("dead.export", self, self._export, self._why_no_export)
        bind("dead.again", self, self.again.ask)
        bind("dead.all", table, self.chosen.all)
        bind("dead.none", self, self.chosen.none)
        bind("dead.view", table, self.content.inspector.next_tab)
        bind("dead.next", table, lambda: table.step(1))
        bind("dead.before", table, lambda: table.step(-1))

    # As a page

    def enter(self, what: object) -> None:
        """Opens a source; None asks again for the present one."""
        self._focus.begin()
        query = ""
        if isinstance(what, ResourceKey):
            what = SourceKey(what.connection, what.name)
        elif isinstance(what, CauseOf):
            # Opened as a cause: that cause alone is shown and selected, whatever was searched for before.
            query = quoted("cause", what.cause) if what.cause else ""
            self.content.search.show_query(query)
            what = what.source
        key = what if isinstance(what, SourceKey) else self.control.key
        if key is None:
            self.bench.shell.go(Place("dead"))
            return
        if key != self.control.key:
            self.state.loading(f"Looking at {one_line(key.source, 80)}…")
            self._stack.setCurrentWidget(self.state)
            self.content.search.show_query(query)
        self.bar.set_crumbs((("Dead letters", Place("dead")),), one_line(key.source, 80))
        self.environment.show_connection(connection_of(self.bench, key.connection))
        self.control.open(key)

    def count_again(self) -> None:
        """Asks again what is there; reads only where that is free."""
        if self.control.key is not None:
            self.control.open(self.control.key)

    def panes(self) -> Sequence[QWidget]:
        """Messages, causes, inspector, search."""
        content = self.content
        if self._stack.currentWidget() is self.state:
            # Not a button: a second Enter from habit must not pay for a look.
            button = first_button(self.state)
            return (self.state, button) if button is not None else (self.state,)
        return (content.table, content.causes, content.inspector.pane(), content.search.field)

    def search_field(self) -> QLineEdit:
        """The search."""
        return self.content.search.field

    # What comes

    def _holds(self) -> bool:
        return self.chosen.state is not Qt.CheckState.Checked or bool(self.chosen.where)

    def _replaced(self) -> None:
        self.chosen.restart(self.content.search.query())
        self.content.restart()

    def _viewed(self, view: SourceView) -> None:
        connection = connection_of(self.bench, view.key.connection)
        snapshot = view.snapshot
        price = f" {view.price}" if view.price else ""
        right = reading_words(snapshot, self.bench.now().astimezone()) + price
        self.environment.show_connection(connection, right.strip())
        self.headline.say(source_headline(view))
        self._count_arrived()
        self._offer_newer()
        self.progress.show_view(view)
        if snapshot is None:
            self._not_read(view)
        elif snapshot.count == 0:
            self._nothing(view)
        else:
            self.content.show_view(view)
            self._stack.setCurrentWidget(self.content)
        self._allow()
        self._focus.settle()

    def _count_arrived(self) -> None:
        key = self.control.key
        name, figure = (
            arrived(self.control.snapshot, row_of(self.bench, key)) if key is not None else ("", "")
        )
        self.headline.facts([Fact(name, figure)] if name else [])

    def _offer_newer(self) -> None:
        newer = self.control.newer.snapshot if self.control.newer is not None else None
        self.newer.setVisible(newer is not None)
        if newer is not None:
            at = at_time(newer.read_at, self.bench.now().astimezone())
            self.newer.setText(f"Show the reading of {at}, {count(newer.count)}")
            self.newer.setAccessibleName(self.newer.text())

    def _not_read(self, view: SourceView) -> None:
        waiting = plural(view.waiting, "dead letter") if view.waiting is not None else "How many is not known"
        if view.waiting == 0:
            waiting = "No dead letters"
        all_words = f"Read all {count(view.waiting)}" if view.waiting else "Read all"
        acts: list[Act] = [(all_words, self._read)]
        if view.waiting is None or view.waiting > FIRST:
            acts.insert(0, (f"Read the first {FIRST}", lambda: self.control.read(FIRST)))
        price = view.price or "Looking is free."
        self.state.say("eye-off", f"{waiting}, not read", f"{price} Opening this page used none.", acts=acts)
        self._stack.setCurrentWidget(self.state)

    def _nothing(self, view: SourceView) -> None:
        snapshot = view.snapshot
        assert snapshot is not None
        source = one_line(view.key.source, 80)
        if snapshot.reading:
            of = f" {count(snapshot.expected)}" if snapshot.expected else ""
            self.state.loading(f"Reading{of} of {source}…")
        elif snapshot.failed:
            self.state.say(
                "octagon-alert", "The reading ended early", snapshot.failed, tone="danger",
                acts=[("Read again", self._read)],
            )  # fmt: skip
        else:
            at = at_time(snapshot.read_at, self.bench.now().astimezone())
            self.state.say(
                "inbox", "No dead letters", f"{source} is empty. Checked at {at}.",
                acts=[("Read again", self._read)],
            )  # fmt: skip
        self._stack.setCurrentWidget(self.state)

    def _failed(self, error: RedriveError) -> None:
        self.state.failing("This source could not be looked at", error, self.count_again)
        self._stack.setCurrentWidget(self.state)

    def _refused(self, error: RedriveError) -> None:
        if isinstance(error, ConfigError):
            self.content.search.complain(str(error))
        elif isinstance(error, NotFound) and self.control.view is not None:
            # The reading expired or was replaced while its pages were asked for.
            self.count_again()
        else:
            self.bench.shell.toast(str(error), tone="danger")

    # What is done

    def _price(self) -> str:
        view = self.control.view
        return f"{view.price} Read again?" if view is not None and view.price else ""

    def _again_asked(self) -> None:
        self.again.ask()

    def _read(self) -> None:
        self.control.read()

    def _why_not(self) -> str:
        key = self.control.key
        connection = connection_of(self.bench, key.connection) if key is not None else None
        if connection is not None and connection.read_only:
            return f"{connection.name} is read-only: right-click it in the sidebar, Change…"
        return self._why_no_export()

    def _why_no_export(self) -> str:
        snapshot = self.control.snapshot
        if snapshot is None or self._stack.currentWidget() is self.state:
            return "nothing is read"
        if snapshot.reading:
            return "the reading is under way"
        return "" if self.chosen.count else "nothing is selected"

    def _allow(self) -> None:
        for button in (self.purge, self.redrive):
            button.allow(self._why_not())
        self.export.allow(self._why_no_export())
        inside = self._stack.currentWidget() is self.content
        self.foot.setVisible(inside)
        self._again.setVisible(self.control.snapshot is not None)
        self._foot_line.setVisible(inside)

    def _export(self) -> None:
        key, snapshot = self.control.key, self.control.snapshot
        if key is None or snapshot is None or self._why_no_export():
            return
        chosen = self.chosen.selection(key, snapshot.id)
        overlay = ExportOverlay(
            self.bench,
            self.window(),
            f"Export {plural(self.chosen.count, 'dead letter')}",
            "Whole, with headers and body, one JSON document a line. What was read is written; nothing is read again.",
            "dead-letters.jsonl",
            lambda desk, path: write_letters(desk, snapshot, chosen, path),
        )
        self.bench.shell.overlay(overlay)

    def _plan(self, kind: RunKind) -> None:
        key, snapshot = self.control.key, self.control.snapshot
        if key is None or snapshot is None or self._why_not():
            return
        selection = self.chosen.selection(key, snapshot.id)
        draft = Draft(kind, selection, pace=default_pace(kind, self.chosen.count))
        self.bench.shell.go(Place("purge" if kind == "purge" else "plan", draft))
