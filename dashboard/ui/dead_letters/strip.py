"""How far a reading is or got: progress with Stop, why it ended early, or how many of all were read."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from dashboard.core.letters import SnapshotInfo, SourceView
from dashboard.core.text import one_line
from dashboard.core.words import count
from dashboard.ui.look import Look
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import Elided, set_tone


class ReadingStrip(QWidget):
    """Hidden while there is nothing to say: the reading is whole."""

    def __init__(self, look: Look, stop: Callable[[], None], again: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.words = Elided("", "second")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("How far the reading is")
        self.stop = Button(look, "Stop", "link", run=stop)
        self.again = Button(look, "Read all…", "link", run=again)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        row.addWidget(self._bar, 2)
        row.addWidget(self.stop)
        row.addWidget(self.again)
        self.hide()

    def show_view(self, view: SourceView) -> None:
        """Follows a source."""
        snapshot = view.snapshot
        whole = snapshot is None or (snapshot.complete and not snapshot.reading) or not snapshot.count
        self.setVisible(not whole or (snapshot is not None and snapshot.reading))
        if snapshot is None:
            return
        self._bar.setVisible(snapshot.reading)
        self.stop.setVisible(snapshot.reading)
        self.again.setVisible(not snapshot.reading)
        set_tone(self.words, "danger" if snapshot.failed and not snapshot.reading else "second")
        self.words.setText(_words(snapshot, view.waiting))
        if snapshot.reading:
            expected = snapshot.expected
            self._bar.setRange(0, expected or 0)
            self._bar.setValue(min(snapshot.count, expected) if expected else 0)


def _words(snapshot: SnapshotInfo, waiting: int | None) -> str:
    if snapshot.reading:
        of = f" of {count(snapshot.expected)}" if snapshot.expected else " so far"
        return f"Reading: {count(snapshot.count)}{of}"
    if snapshot.failed:
        return f"The reading ended early after {count(snapshot.count)}: {one_line(snapshot.failed, 300)}"
    of = f" of {count(waiting)}" if waiting is not None and waiting > snapshot.count else ""
    return f"{count(snapshot.count)}{of} read, not all: only these can be searched and chosen."
