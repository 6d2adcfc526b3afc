"""The plan of a purge: what, a look at some of it, the archive, the archives there are; removed only from here."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dashboard.core.letters import LetterPage, LetterRow, Selection
from dashboard.core.runs import ArchiveView, Draft, Plan
from dashboard.core.text import one_line
from dashboard.core.words import count, size
from dashboard.ui.around import at_time
from dashboard.ui.bench import Bench
from dashboard.ui.dead_letters.letters_table import spoken
from dashboard.ui.look import Look
from dashboard.ui.places import Place
from dashboard.ui.purge.archives import ArchiveTable
from dashboard.ui.redrives.contract import Contract
from dashboard.ui.redrives.draft_page import DraftPage
from dashboard.ui.redrives.drafts import Restore
from dashboard.ui.redrives.options import CheckStep
from dashboard.ui.tables.cells import Cells
from dashboard.ui.tables.listed import ListedModel
from dashboard.ui.tables.table import Table
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import label

SAMPLES = 6
ARCHIVES_SHOWN = 4


class SampleCells(Cells):
    """A message as the look shows it."""

    def __init__(self, look: Look, table: Table, now: Callable[[], datetime]) -> None:
        super().__init__(look, table)
        self._now = now

    def cell(self, painter: QPainter, box: QRect, record: object, column: int) -> None:
        """When, id, why, size."""
        assert isinstance(record, LetterRow)
        tokens = self.look.tokens
        if column == 0:
            self.text(painter, box, at_time(record.at, self._now().astimezone()), tokens.text2)
        elif column == 1:
            self.text(painter, box, one_line(record.ref.key, 80), tokens.text, role="mono")
        elif column == 2:
            self.text(painter, box, one_line(record.title, 160), tokens.text2)
        else:
            self.text(painter, box, size(record.size), tokens.text2, right=True)


class PurgePage(DraftPage):
    """Opened with a `Draft` of the kind purge."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "Purge", Contract(bench.look, tone="danger-final"))
        self.samples = ListedModel[LetterRow](
            ("Failed", "Message id", "Why", "Size"),
            lambda row: row.n,
            lambda row, column: (str(row.at or ""), one_line(row.ref.key), row.title, str(row.size))[column],
            spoken,
            frozenset({3}),
            self,
        )
        self.look_table = Table(bench.look, "Some of what would be removed", row=26)
        self.look_table.setItemDelegate(SampleCells(bench.look, self.look_table, bench.now))
        self.look_table.setModel(self.samples)
        self.look_table.set_widths((104, 150, 240, 90), stretch=2)
        self.look_words = label("", "second", "third")
        self.archive = CheckStep(bench.look, "Archive first", _archive_words)
        self.how = label("", "second", wrap=True)
        self.archives = ArchiveTable(bench, row=26)
        self.bar.add_act(label("Nothing has been removed", "second", "third"))
        self.bar.add_act(self.discard)
        self.archive.changed.connect(self._archive)
        self.archives.opened.connect(lambda _: self._restore())
        self._add_steps()
        self.lay_out("Steps of the purge")

    def _add_steps(self) -> None:
        steps = self.steps
        look = QVBoxLayout()
        look.setSpacing(6)
        look.addWidget(self.look_table)
        look.addWidget(self.look_words)
        steps.add("What", self.what)
        steps.add("Look", look)
        steps.add("Archive", self.archive)
        steps.add("How", self.how)
        kept = QVBoxLayout()
        kept.setSpacing(6)
        kept.addWidget(self.archives)
        kept.addWidget(Button(self.bench.look, "Restore…", "link", run=self._restore))
        self._archives_step = steps.add("Archives", kept)

    # As a page

    def enter(self, what: object) -> None:
        """Opens a draft; going back to the page finds it as it was."""
        if isinstance(what, Draft):
            self.open(what)
        elif self.control.plan is None:
            self.bench.shell.go(Place("dead"))

    def panes(self) -> Sequence[QWidget]:
        """Confirmation, contract, look, archives."""
        confirm = self.contract.confirm
        if self.halves.narrow:
            # What is confirmed comes last there, after all that it depends on.
            return (self.halves, confirm.field)
        first = confirm.field if confirm.field.isVisibleTo(self) else self.contract.rolling
        return (first, self.contract.rolling, self.look_table, self.archives)

    def begin(self, what: Draft | Restore) -> None:
        """Asks for the messages to look at and for the archives."""
        assert isinstance(what, Draft)
        key = what.selection.source
        self.bar.set_crumbs(
            (("Dead letters", Place("dead")), (one_line(key.source, 40), Place("source", key))), "Purge"
        )
        self.archive.show_value(what.archive)
        self._look_at(what.selection)
        ask = self.bench.commands.ask
        ask(self, lambda desk: desk.archives(), self._show_archives, lambda _: self._show_archives(()))

    # What comes

    def _look_at(self, chosen: Selection) -> None:
        def found(rows: Sequence[LetterRow]) -> None:
            kept = [row for row in rows if row.n not in chosen.excluded][:SAMPLES]
            self.samples.show(kept)
            self._say_look()
            rows_high = max(len(kept), 1)
            look = self.bench.look
            self.look_table.setFixedHeight(look.row(28) + rows_high * look.row(26) + 2)

        ask = self.bench.commands.ask
        if chosen.ids:
            some = sorted(chosen.ids)[:SAMPLES]
            ask(self, lambda desk: desk.find(chosen.snapshot, some), found, lambda _: found(()))
            return
        most = SAMPLES + min(len(chosen.excluded), 200)

        def came(page: LetterPage) -> None:
            found(page.rows)

        ask(
            self,
            lambda desk: desk.page(chosen.snapshot, chosen.where, offset=0, limit=most),
            came,
            lambda _: found(()),
        )

    def _say_look(self) -> None:
        plan = self.control.plan
        if plan is not None:
            self.look_words.setText(f"{count(self.samples.rowCount())} of {count(plan.frozen)}")

    def _show_archives(self, archives: Sequence[ArchiveView]) -> None:
        self.archives.show_archives(archives[:ARCHIVES_SHOWN])
        self._archives_step.setVisible(bool(archives))
        rows = min(len(archives), ARCHIVES_SHOWN)
        look = self.bench.look
        self.archives.setFixedHeight(look.row(28) + rows * look.row(26) + 2)

    def show_plan(self, plan: Plan) -> None:
        """How much is looked at, and how it is done."""
        self._say_look()
        self.how.setText(
            f"{plan.guarantee_words} Only these {count(plan.frozen)}, as they were read: what arrives later is not"
            " touched, and what changed since the reading is left."
        )

    # What is done

    def _archive(self, archive: bool) -> None:  # noqa: FBT001
        draft = self.control.draft
        if draft is not None:
            self.control.change(replace(draft, archive=archive))

    def _restore(self) -> None:
        chosen = self.archives.chosen()
        if chosen is not None:
            self.bench.shell.go(Place("plan", Restore(chosen.name)))


def _archive_words(archive: bool) -> str:  # noqa: FBT001
    if archive:
        return "Body, headers and position, byte for byte. Each copy is on disk before its original goes."
    return "The broker's own purge removes the whole source, with whatever arrives meanwhile: it cannot be restored."
