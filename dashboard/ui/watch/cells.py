"""Paints a source on one line: strip, mark, name, numbers, sparkline, verdict."""

import math
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter

from adapters.api import Environment
from dashboard.core.fleet import FleetRow, Need, Verdict
from dashboard.core.text import one_line
from dashboard.core.words import NO_MEANING, UNKNOWN, plural
from dashboard.ui.look import Look
from dashboard.ui.tables.cells import Cells
from dashboard.ui.tables.table import Table
from dashboard.ui.watch import words
from dashboard.ui.watch.arrange import Silent
from dashboard.ui.widgets.marks import paint_mark, paint_pill
from dashboard.ui.widgets.spark import Sparks

NARROW = 60
"""Below this width an unknown value is its mark."""


class FleetCells(Cells):
    """Of a silent connection the sentence stands over the middle columns."""

    def __init__(self, look: Look, table: Table, now: Callable[[], datetime]) -> None:
        super().__init__(look, table)
        self._now = now
        self._sparks = Sparks()
        self.icon_only = False
        self.one_environment = False
        self.one_connection = True

    def strip(self, record: object) -> str:
        """The environment's colour."""
        if isinstance(record, Silent):
            return self.look.environment(record.view.connection.environment)[0]
        return self.look.environment(record.environment)[0] if isinstance(record, FleetRow) else ""

    def cell(self, painter: QPainter, box: QRect, record: object, column: int) -> None:
        """One cell."""
        if isinstance(record, Silent):
            self._silent(painter, box, record, column)
            return
        assert isinstance(record, FleetRow)
        if column == words.MARK:
            paint_mark(painter, QRectF(box.adjusted(4, 0, 8, 0)), words.mark_of(record), self.look.tokens)
        elif column == words.NAME:
            self._name(painter, box, record)
        elif column == words.KIND:
            self._kind(painter, box, record.resource.icon, words.cell_words(record, column))
        elif column == words.SPARK:
            self._spark(painter, box, record)
        elif column == words.VERDICT:
            text, tone, mark, glyph = words.verdict_of(record)
            paint_pill(painter, QRectF(box), self.look, text, tone, mark, glyph)
        else:
            self._number(painter, box, record, column)

    def _name(self, painter: QPainter, box: QRect, row: FleetRow) -> None:
        """The name; behind it, as far as there is room, the environment and the connection."""
        tokens = self.look.tokens
        name, tag = one_line(row.key.name, 200), self._tag(row)
        at = "" if self.one_connection else one_line(row.key.connection, 80)
        after = min(self.advance(at, "small"), box.width() // 3) + GAP if at else 0
        if tag and box.width() < self.advance(name, "source") + self.advance(tag, "small") + GAP + after:
            tag = tag[:3]
        kept = after + (self.advance(tag, "small") + GAP if tag else 0)
        color = tokens.text3 if row.stale else tokens.text
        left = self.text(painter, box.adjusted(0, 0, -kept, 0), name, color, role="source") + GAP
        if tag:
            color = self.look.environment(row.environment)[0]
            left += self.text(painter, box.adjusted(left, 0, 0, 0), tag, color, role="small") + GAP
        if at:
            self.text(painter, box.adjusted(left, 0, 0, 0), at, tokens.text3, role="small")

    def _tag(self, row: FleetRow) -> str:
        plain = row.environment is Environment.PRODUCTION or self.one_environment
        return "" if plain else row.environment.value.title()

    def _kind(self, painter: QPainter, box: QRect, icon: str, text: str) -> None:
        tokens = self.look.tokens
        self.icon(painter, box, icon, tokens.text3)
        if not self.icon_only:
            self.text(painter, box.adjusted(22, 0, 0, 0), text, tokens.text3)

    def _spark(self, painter: QPainter, box: QRect, row: FleetRow) -> None:
        tokens = self.look.tokens
        if row.samples < words.VERDICT_FROM:
            self.text(painter, box.adjusted(0, 0, 70, 0), plural(row.samples, "sample"), tokens.text3)
            return
        color = self._loud(row) or tokens.text2
        if row.stale:
            color = tokens.text3
        key = (row.key, row.at, row.stale)
        pixmap = self._sparks.line(
            key, row.spark, color, tokens, dot=not row.stale, ratio=self.table.devicePixelRatioF()
        )
        painter.drawPixmap(box.left(), box.top() + (box.height() - 18) // 2, pixmap)

    def _number(self, painter: QPainter, box: QRect, row: FleetRow, column: int) -> None:
        tokens = self.look.tokens
        text = words.cell_words(row, column)
        if column == words.CHANGE and row.samples < words.VERDICT_FROM:
            return
        if text == UNKNOWN and box.width() < NARROW:
            paint_mark(painter, QRectF(box.right() - 13, box.top(), 14, box.height()), "unknown", tokens)
            return
        color = tokens.text if column in {words.WAITING, words.CHANGE, words.DEAD} else tokens.text2
        if row.stale or text in {UNKNOWN, NO_MEANING}:
            color = tokens.text3
        elif column == words.DEAD and row.dead == 0:
            color = tokens.text2
        elif column in _CAUSES.get(row.verdict, ()) and row.need is Need.ATTENTION:
            color = self._loud(row) or color
        self.text(
            painter, box, text, color, role="source" if column == words.WAITING else "table", right=True
        )

    def _loud(self, row: FleetRow) -> str:
        if row.need is not Need.ATTENTION:
            return ""
        return self.look.tokens.danger if row.verdict is Verdict.STOPPED else self.look.tokens.warn

    def _silent(self, painter: QPainter, box: QRect, silent: Silent, column: int) -> None:
        tokens = self.look.tokens
        sentence, verdict, tone, mark = words.silent_words(silent, self._now())
        view = silent.view
        if column == words.MARK:
            paint_mark(painter, QRectF(box.adjusted(4, 0, 8, 0)), mark, tokens)
        elif column == words.NAME:
            self.text(painter, box, one_line(view.connection.name, 120), tokens.text2, role="source")
        elif column == words.KIND:
            self._kind(painter, box, "server", plural(view.sources, "source"))
        elif words.WAITING <= column <= words.OLDEST:
            self._over(painter, box, sentence, column)
        elif column == words.VERDICT:
            paint_pill(painter, QRectF(box), self.look, verdict, tone, mark)
        else:
            self.text(painter, box, UNKNOWN, tokens.text3, right=True)

    def _over(self, painter: QPainter, box: QRect, sentence: str, column: int) -> None:
        """Each middle cell shows its part of the one sentence."""
        header = self.table.horizontalHeader()
        start = header.sectionViewportPosition(words.WAITING) + 8
        end = header.sectionViewportPosition(words.VERDICT) - 8
        painter.save()
        edge = header.sectionViewportPosition(column)
        painter.setClipRect(QRect(edge, box.top(), header.sectionSize(column), box.height()))
        whole = QRect(start + 8, box.top(), end - start - 8, box.height())
        self.text(painter, whole, sentence, self.look.tokens.text3)
        painter.restore()


GAP = 8
_CAUSES = {Verdict.GROWING: {words.CHANGE}, Verdict.STOPPED: {words.OUT, words.CHANGE}}


def known(value: float) -> bool:
    """Whether there is a number."""
    return not math.isnan(value)
