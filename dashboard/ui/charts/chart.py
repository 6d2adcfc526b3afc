"""One chart: lines of one pixel in a fixed window, thresholds, marks, and hatched blocks where nothing was read."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem

from dashboard.ui.charts.buckets import Floats, thin
from dashboard.ui.charts.items import Ends, Levels, Times, Title
from dashboard.ui.charts.scale import short, time_ticks, top_of
from dashboard.ui.charts.spec import ChartData, ChartSpec, Line
from dashboard.ui.look import Look

GAP_WORDS_PX = 56.0
_DASHES = [4.0, 3.0]


def cosmetic(color: str, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen of one pixel whatever the scale; wider antialiased pens cost a hundred times as much."""
    pen = QPen(QColor(color), 1, style)
    pen.setCosmetic(True)
    if style == Qt.PenStyle.CustomDashLine:
        pen.setDashPattern(_DASHES)
    return pen


class Chart:
    """Owns a view and the parts around it; a stack lays them out."""

    def __init__(self, look: Look, spec: ChartSpec) -> None:
        self.look = look
        self.spec = spec
        self.view = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0)
        self.view.setMinimumSize(40, 40)
        self.title = Title(look, spec.title, spec.unit_words)
        self.levels = Levels(look, self.view)
        self.ends = Ends(look, self.view)
        self.times = Times(look, self.view)
        self.cross = pg.InfiniteLine(angle=90, pen=cosmetic(look.tokens.text3))
        self.cross.setZValue(50)
        self.cross.hide()
        self.data = ChartData()
        self.drawn: list[tuple[Line, Floats, Floats]] = []
        self._curves: list[pg.PlotCurveItem] = []
        self._extra: list[QGraphicsItem] = []
        self.view.addItem(self.cross, ignoreBounds=True)
        self.view.sigResized.connect(lambda _: self._relabel())

    def draw(self, data: ChartData, start: float, end: float) -> None:
        """Shows `data` from `start` to `end` (unix seconds)."""
        self.data = data
        self.drawn = []
        for line in data.lines:
            times = np.asarray(line.series.times, dtype=np.float64)
            values = np.asarray(line.series.values, dtype=np.float64)
            self.drawn.append((line, *thin(times, values, start, end)))
        top = top_of(self._greatest(), self.spec.unit)
        self.view.setRange(xRange=(start, end), yRange=(0, top), padding=0, update=False)
        self._lines()
        self._decorate(start, end, top)
        self.levels.levels = [
            (0.0, "0"),
            (top / 2, short(top / 2, self.spec.unit)),
            (top, short(top, self.spec.unit)),
        ]
        self.ends.words = self._end_words()
        self.times.ticks = time_ticks(start, end, None, 4)
        for part in (self.levels, self.ends, self.times):
            part.update()

    def value_at(self, at: float) -> list[tuple[Line, float]]:
        """The value of each line nearest before a time; NaN in a gap."""
        found = []
        for line, times, values in self.drawn:
            place = int(np.searchsorted(times, at, side="right")) - 1
            found.append((line, float(values[place]) if 0 <= place < len(values) else float("nan")))
        return found

    def show_cross(self, at: float | None) -> None:
        """Moves the crosshair; the title reads the values there."""
        self.cross.setVisible(at is not None)
        if at is None:
            self.title.say("")
            return
        self.cross.setPos(at)
        parts = [
            f"{line.word} {words_of(value, self.spec.unit)}".strip() for line, value in self.value_at(at)
        ]
        self.title.say("   ".join(parts))

    def repaint_theme(self) -> None:
        """Takes the colours of another theme at the next `draw`."""
        self.cross.setPen(cosmetic(self.look.tokens.text3))
        self.title.update()

    def _greatest(self) -> float:
        known = [float(np.nanmax(values)) for _, _, values in self.drawn if np.isfinite(values).any()]
        greatest = max(known, default=float("nan"))
        near = [threshold.value for threshold in self.data.thresholds if threshold.value <= greatest * 3]
        return max([greatest, *near]) if known else float("nan")

    def _lines(self) -> None:
        while len(self._curves) < len(self.drawn):
            curve = pg.PlotCurveItem(antialias=True, skipFiniteCheck=False)
            self._curves.append(curve)
            self.view.addItem(curve, ignoreBounds=True)
        for place, curve in enumerate(self._curves):
            curve.setVisible(place < len(self.drawn))
        for curve, (line, times, values) in zip(self._curves, self.drawn, strict=False):
            style = Qt.PenStyle.CustomDashLine if line.dashed else Qt.PenStyle.SolidLine
            curve.setPen(cosmetic(line.color, style))
            curve.setData(times, values, connect="finite")

    def _decorate(self, start: float, end: float, top: float) -> None:
        for item in self._extra:
            self.view.removeItem(item)
        self._extra = []
        tokens = self.look.tokens
        for level in (0.0, top / 2, top):
            self._add(
                pg.InfiniteLine(level, angle=0, pen=cosmetic(tokens.line2 if level == 0 else tokens.line)),
                -20,
            )
        for gap_start, gap_end in self.data.gaps:
            self._gap(
                max(gap_start, start), min(gap_end, end), top, (end - start) / max(self.view.width(), 1)
            )
        for threshold in self.data.thresholds:
            if threshold.value <= top:
                pen = cosmetic(threshold.color, Qt.PenStyle.CustomDashLine)
                self._add(pg.InfiniteLine(threshold.value, angle=0, pen=pen), 5)
                self._words(threshold.words, threshold.color, start, threshold.value, (0, 1.05))
        for at, words in self.data.marks:
            if start <= at <= end:
                self._add(pg.InfiniteLine(at, angle=90, pen=cosmetic(tokens.text3, Qt.PenStyle.DotLine)), -5)
                self._words(words, tokens.text3, at, top * 0.28, (-0.03, 0.5))
        if self.data.unknown and not any(np.isfinite(values).any() for _, _, values in self.drawn):
            self._words(self.data.unknown, tokens.text3, (start + end) / 2, top / 2, (0.5, 0.5))

    def _gap(self, start: float, end: float, top: float, per_px: float) -> None:
        if end <= start:
            return
        tokens = self.look.tokens
        block = QGraphicsRectItem(QRectF(start, 0, end - start, top))
        block.setPen(QPen(Qt.PenStyle.NoPen))
        block.setBrush(QBrush(QColor(tokens.hatch), Qt.BrushStyle.BDiagPattern))
        self._add(block, -10)
        if (end - start) / per_px >= GAP_WORDS_PX:
            self._words("no data", tokens.text3, (start + end) / 2, 0, (0.5, 1.1))

    def _words(self, text: str, color: str, x: float, y: float, anchor: tuple[float, float]) -> None:
        item = pg.TextItem(text, color=color, anchor=anchor)
        item.setFont(self.look.fonts.get("small"))
        item.setPos(x, y)
        self._add(item, 20)

    def _add(self, item: QGraphicsItem, z: float) -> None:
        item.setZValue(z)
        self.view.addItem(item, ignoreBounds=True)
        self._extra.append(item)

    def _end_words(self) -> list[tuple[float, str, str]]:
        words = []
        for line, _, values in self.drawn:
            if len(values) and np.isfinite(values[-1]):
                value = float(values[-1])
                words.append((value, f"{line.word} {words_of(value, self.spec.unit)}".strip(), line.color))
        return words

    def _relabel(self) -> None:
        for part in (self.levels, self.ends, self.times):
            part.update()


def words_of(value: float, unit: str) -> str:
    """A value of a line: whole numbers whole, small rates with a decimal."""
    if np.isnan(value):
        return "no data"
    if unit == "s":
        return short(round(value), unit)
    return f"{value:,.1f}" if abs(value) < 10 and value != int(value) else f"{value:,.0f}"
