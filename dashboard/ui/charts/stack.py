"""Charts side by side with one crosshair and one time window, in one scene."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dashboard.core.words import iso
from dashboard.ui.charts.chart import Chart, words_of
from dashboard.ui.charts.scale import window_edge
from dashboard.ui.charts.spec import ChartData, ChartSpec
from dashboard.ui.look import Look


class _Scene(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """The scene takes the keys of the charts while it has the focus."""

    def __init__(self, stack: "ChartStack", background: str) -> None:
        super().__init__()
        self._stack = stack
        self.setBackground(background)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.ci.layout.setContentsMargins(16, 0, 8, 4)
        self.ci.layout.setHorizontalSpacing(0)
        self.ci.layout.setVerticalSpacing(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._stack.key(event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._stack.live()
        super().focusOutEvent(event)


class ChartStack(QWidget):
    """One row of charts. Arrow keys move the crosshair, L goes back to live, Ctrl+C copies a table."""

    def __init__(self, look: Look, specs: Sequence[ChartSpec], name: str, *, columns: int = 3) -> None:
        super().__init__()
        self._look = look
        self._span = 3600.0
        self._end = 0.0
        self._cross: float | None = None
        self.setAccessibleName(name)
        self.scene = _Scene(self, look.tokens.surface)
        self.scene.setAccessibleName(name)
        self.charts = {spec.id: Chart(look, spec) for spec in specs}
        for number, chart in enumerate(self.charts.values()):
            self._place(chart, number // columns * 3, number % columns * 3)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.scene)
        self.setFocusProxy(self.scene)
        self.scene.scene().sigMouseMoved.connect(self._hover)
        self._content: Mapping[str, ChartData] = {}
        self._now = 0.0
        look.changed.connect(self._theme)

    def _place(self, chart: Chart, row: int, column: int) -> None:
        layout = self.scene.ci
        layout.addItem(chart.title, row, column, 1, 3)
        layout.addItem(chart.levels, row + 1, column)
        layout.addItem(chart.view, row + 1, column + 1)
        layout.addItem(chart.ends, row + 1, column + 2)
        layout.addItem(chart.times, row + 2, column, 1, 3)
        layout.layout.setColumnStretchFactor(column + 1, 10)

    def draw(self, content: Mapping[str, ChartData], now: float, span: float) -> None:
        """Draws each chart's data in a window of `span` seconds that ends at about `now`."""
        self._content, self._now, self._span = content, now, span
        self._end = window_edge(now, span)
        for name, chart in self.charts.items():
            chart.draw(content.get(name, ChartData()), self._end - span, self._end)
        self.scene.setAccessibleDescription(self._description())
        self._move_cross(self._cross)

    def live(self) -> None:
        """Takes the crosshair away."""
        self._move_cross(None)

    def key(self, event: QKeyEvent) -> bool:
        """Acts on a key; False for one that is none of the charts'."""
        if event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            by = self._span / 100 * (1 if event.key() == Qt.Key.Key_Right else -1)
            at = (self._cross if self._cross is not None else self._now) + by
            self._move_cross(min(max(at, self._end - self._span), self._end))
        elif event.key() == Qt.Key.Key_L:
            self.live()
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.as_table())
        else:
            return False
        return True

    def as_table(self) -> str:
        """What is drawn, as tab-separated text: chart, line, time in UTC, value; gaps are empty."""
        rows = ["chart\tline\ttime\tvalue"]
        for chart in self.charts.values():
            for line, times, values in chart.drawn:
                for at, value in zip(times.tolist(), values.tolist(), strict=True):
                    moment = iso(datetime.fromtimestamp(at, UTC))
                    shown = "" if value != value else f"{value:.6g}"  # noqa: PLR0124  NaN differs from itself
                    rows.append(f"{chart.spec.title}\t{line.word}\t{moment}\t{shown}")
        return "\n".join(rows)

    def _hover(self, where: QPointF) -> None:
        for chart in self.charts.values():
            if chart.view.sceneBoundingRect().contains(where):
                self._move_cross(chart.view.mapSceneToView(where).x())
                return
        if not self.scene.hasFocus():
            self._move_cross(None)

    def _move_cross(self, at: float | None) -> None:
        self._cross = at
        for chart in self.charts.values():
            chart.show_cross(at)

    def _description(self) -> str:
        parts = []
        for chart in self.charts.values():
            ends = [
                f"{line.word} {words_of(float(values[-1]), chart.spec.unit)}".strip()
                for line, _, values in chart.drawn
                if len(values)
            ]
            parts.append(f"{chart.spec.title}: {', '.join(ends) or chart.data.unknown or 'no data'}")
        return ". ".join(parts)

    def _theme(self) -> None:
        self.scene.setBackground(self._look.tokens.surface)
        for chart in self.charts.values():
            chart.repaint_theme()
