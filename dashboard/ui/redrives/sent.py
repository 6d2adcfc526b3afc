"""What was sent over the last minutes, as this window saw it: nothing is drawn for times it was not told of."""

import math
from collections import deque

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from dashboard.core.runs import RunState, RunView
from dashboard.core.words import count, rate
from dashboard.ui.bench import Bench

SPAN_S = 300.0
GAP_S = 5.0
KEPT = 1200


class SentChart(QWidget):
    """Messages a second with the wanted rate dashed; from 0 to its own maximum."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._look, self._now = bench.look, bench.now
        self._run = ""
        self._wanted: float | None = None
        self._points: deque[tuple[float, float]] = deque(maxlen=KEPT)
        bench.look.changed.connect(self.update)

    def show_run(self, view: RunView) -> None:
        """Adds what a view says."""
        if view.id != self._run:
            self._run = view.id
            self._points.clear()
        self._wanted = view.pace.rate
        at = self._now().timestamp()
        known = view.sent_rate if view.state is RunState.RUNNING else 0.0
        if not self._points or at - self._points[-1][0] >= 0.2:
            self._points.append((at, math.nan if known is None else known))
        wanted = "no limit wanted" if self._wanted is None else f"{self._wanted:g} wanted"
        self.setAccessibleName(f"Sent, messages a second: {rate(known)}, {wanted}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws axis, line, and the wanted rate."""
        del event
        painter, tokens = QPainter(self), self._look.tokens
        room = QRectF(self.rect()).adjusted(64, 36, -84, -26)
        self._title(painter)
        seen = [value for _, value in self._points if not math.isnan(value)]
        top = _round_up(max([*seen, self._wanted or 0.0, 1.0]))
        self._axis(painter, room, top)
        end = self._points[-1][0] if self._points else 0.0
        if self._wanted is not None:
            height = room.bottom() - min(self._wanted / top, 1.0) * room.height()
            pen = QPen(QColor(tokens.measure_in), 1, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawLine(QPointF(room.left(), height), QPointF(room.right(), height))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.measure_in), 1))
        for run in self._runs():
            line = [
                QPointF(
                    room.right() - (end - at) / SPAN_S * room.width(),
                    room.bottom() - min(value / top, 1.0) * room.height(),
                )
                for at, value in run
            ]
            painter.drawPolyline(QPolygonF(line))
        if self._points and not math.isnan(self._points[-1][1]):
            last = self._points[-1][1]
            height = room.bottom() - min(last / top, 1.0) * room.height()
            painter.drawText(QPointF(room.right() + 6, height + 4), f"sent {count(last)}")

    def _runs(self) -> list[list[tuple[float, float]]]:
        if not self._points:
            return []
        end = self._points[-1][0]
        found: list[list[tuple[float, float]]] = [[]]
        for at, value in self._points:
            if end - at > SPAN_S:
                continue
            broken = found[-1] and at - found[-1][-1][0] > GAP_S
            if math.isnan(value) or broken:
                found.append([])
            if not math.isnan(value):
                found[-1].append((at, value))
        return [run for run in found if len(run) > 1]

    def _title(self, painter: QPainter) -> None:
        tokens = self._look.tokens
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(self._look.fonts.get("section"))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(12, 8, 60, 20), middle, "Sent")
        painter.setFont(self._look.fonts.get("table"))
        painter.setPen(QColor(tokens.text3))
        painter.drawText(QRectF(48, 8, 400, 20), middle, "messages a second, wanted dashed")

    def _axis(self, painter: QPainter, room: QRectF, top: float) -> None:
        tokens = self._look.tokens
        painter.setFont(self._look.fonts.get("small"))
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for part in (0.0, 0.5, 1.0):
            height = room.bottom() - part * room.height()
            painter.setPen(QColor(tokens.line2 if part == 0 else tokens.line))
            painter.drawLine(QPointF(room.left(), height), QPointF(room.right(), height))
            painter.setPen(QColor(tokens.text3))
            painter.drawText(QRectF(0, height - 8, room.left() - 8, 16), right, f"{top * part:g}")
        painter.drawText(
            QRectF(room.left(), room.bottom() + 4, 120, 16), int(Qt.AlignmentFlag.AlignVCenter), "5 min ago"
        )
        painter.drawText(QRectF(room.right() - 120, room.bottom() + 4, 120, 16), right, "now")


def _round_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if value <= step * power)
