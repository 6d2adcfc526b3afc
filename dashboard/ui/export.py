"""Where an export is written to: one field, over the page."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from adapters.api import RedriveError
from dashboard.core.desk import Desk
from dashboard.core.words import plural
from dashboard.ui.bench import Bench
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import label
from dashboard.ui.widgets.overlay import Overlay

Write = Callable[[Desk, Path], Awaitable[int]]
"""Writes to a new file and says how many lines."""


class ExportOverlay(Overlay):
    """Writes a new file; one that is there is never written over. Stays open until it is written or closed."""

    def __init__(self, bench: Bench, window: QWidget, title: str, why: str, file: str, write: Write) -> None:
        super().__init__(bench.look, window, width=560)
        self._bench, self._how = bench, write
        self.setAccessibleName(title)
        self.field = QLineEdit(str(Path("~") / file))
        self.field.setProperty("role", "mono")
        self.field.setAccessibleName("File")
        self.first_focus = self.field
        self.said = label("", "second", "danger", wrap=True)
        self.said.hide()
        self.write = Button(bench.look, "Write the file", "primary", run=self._write)
        self.field.returnPressed.connect(self._write)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addStretch(1)
        acts.addWidget(Button(bench.look, "Close", "ghost", run=self.close_overlay))
        acts.addWidget(self.write)
        outer = QVBoxLayout(self.frame)
        outer.setContentsMargins(24, 20, 24, 16)
        outer.setSpacing(8)
        outer.addWidget(label(title, "title", wrap=True))
        outer.addWidget(label(why, "why", wrap=True))
        outer.addWidget(self.field)
        outer.addWidget(self.said)
        outer.addLayout(acts)

    def _write(self) -> None:
        text, how = self.field.text().strip(), self._how
        if not text or not self.write.isEnabled():
            return
        self.write.allow("it is being written")
        self._bench.commands.ask(self, lambda desk: how(desk, Path(text)), self._written, self._failed)

    def _written(self, number: int) -> None:
        self._bench.shell.toast(f"{plural(number, 'line')} written to {self.field.text()}")
        self.close_overlay()

    def _failed(self, error: RedriveError) -> None:
        self.write.allow("")
        self.said.setText(str(error))
        self.said.show()
