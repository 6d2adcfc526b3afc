"""Sparklines and small histograms, drawn once into a pixmap and kept until their numbers change."""

import math
from collections import OrderedDict
from collections.abc import Hashable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from dashboard.ui.tokens import Tokens

KEPT = 2000


def segments(values: Sequence[float]) -> list[list[tuple[int, float]]]:
    """The runs of known values with their places; a gap parts two runs."""
    found: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if math.isnan(value):
            if found[-1]:
                found.append([])
        else:
            found[-1].append((place, value))
    return [run for run in found if run]


class Sparks:
    """Draws from 0 to the values' own maximum, so that a calm row looks calm."""

    def __init__(self) -> None:
        self._made: OrderedDict[Hashable, QPixmap] = OrderedDict()

    def line(
        self, key: Hashable, values: Sequence[float], color: str, tokens: Tokens, *, dot: bool, ratio: float
    ) -> QPixmap:
        """A line of 76 × 18 with a baseline; `dot` on the last value. `key` must change with the values."""
        full = ("line", key, color, tokens.mode, dot, ratio)
        return self._kept(full) or self._keep(full, self._line(values, color, tokens, dot=dot, ratio=ratio))

    def bars(
        self, key: Hashable, values: Sequence[float], color: str, tokens: Tokens, *, width: int, ratio: float
    ) -> QPixmap:
        """Bars of 18 px height over a dotted baseline."""
        full = ("bars", key, color, tokens.mode, width, ratio)
        return self._kept(full) or self._keep(full, self._bars(values, color, tokens, width, ratio))

    def _kept(self, key: Hashable) -> QPixmap | None:
        pixmap = self._made.get(key)
        if pixmap is not None:
            self._made.move_to_end(key)
        return pixmap

    def _keep(self, key: Hashable, pixmap: QPixmap) -> QPixmap:
        self._made[key] = pixmap
        if len(self._made) > KEPT:
            self._made.popitem(last=False)
        return pixmap

    def _line(
        self, values: Sequence[float], color: str, tokens: Tokens, *, dot: bool, ratio: float
    ) -> QPixmap:
        width, height = 76, 18
        pixmap, painter = _blank(width, height, ratio)
        painter.setPen(QPen(QColor(tokens.line2), 1))
        painter.drawLine(QPointF(0, height - 0.5), QPointF(width, height - 0.5))
        runs = segments(values)
        if runs:
            top = max(max(value for _, value in run) for run in runs) or 1.0
            step = (width - 4) / max(len(values) - 1, 1)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = QPen(QColor(color), 1)
            painter.setPen(pen)
            place = QPointF()
            for run in runs:
                points = [QPointF(1 + x * step, height - 2.5 - y / top * (height - 6)) for x, y in run]
                painter.drawPolyline(QPolygonF(points))
                place = points[-1]
            if dot and runs[-1][-1][0] == len(values) - 1:
                painter.setBrush(QColor(color))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(place, 1.8, 1.8)
        painter.end()
        return pixmap

    def _bars(self, values: Sequence[float], color: str, tokens: Tokens, width: int, ratio: float) -> QPixmap:
        height = 18
        pixmap, painter = _blank(width, height, ratio)
        painter.setPen(QPen(QColor(tokens.line2), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(0, height - 0.5), QPointF(width, height - 0.5))
        top = max(values, default=0) or 1
        step = width / max(len(values), 1)
        for place, value in enumerate(values):
            if value > 0:
                tall = max(value / top * (height - 3), 2)
                box = QRectF(round(place * step), height - tall, max(round(step) - 1, 1), tall)
                painter.fillRect(box, QColor(color))
        painter.end()
        return pixmap


def _blank(width: int, height: int, ratio: float) -> tuple[QPixmap, QPainter]:
    pixmap = QPixmap(QSize(width, height) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap, QPainter(pixmap)
