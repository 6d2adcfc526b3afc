"""The chosen dead letter: facts, then body, headers and failure as tabs."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from adapters.api import Payload
from dashboard.bridge.letters import OpenedLetter
from dashboard.core.letters import LetterDetail
from dashboard.core.text import one_line
from dashboard.core.words import count, plural
from dashboard.ui.around import at_time
from dashboard.ui.bench import Bench
from dashboard.ui.inspector.body import BodyPane
from dashboard.ui.inspector.parts import FailurePane, HeadersPane
from dashboard.ui.widgets.buttons import Button, caps
from dashboard.ui.widgets.labels import Elided, label, line

FACTS = ("Failed", "Cause", "Original target", "Attempts", "Trace id", "Redriven before", "Address")


class Inspector(QWidget):
    """One letter whole. `next_tab` goes round; `pane` is what has the keys."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Chosen message")
        self._title = Elided("", "mono")
        self._place = label("", "second", "third")
        self._copy = Button(bench.look, "", "icon", "copy", name="Copy the message id", run=self._copy_id)
        self._facts: dict[str, tuple[QLabel, QLabel]] = {}
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Parts of the message")
        for name in ("Body", "Headers", "Failure"):
            self.tabs.addTab(name)
        self.body = BodyPane(bench.look)
        self.headers = HeadersPane(bench.look)
        self.failure = FailurePane()
        self._parts = QStackedWidget()
        for part in (self.body, self.headers, self.failure):
            self._parts.addWidget(part)
        self.tabs.currentChanged.connect(self._parts.setCurrentIndex)
        self._key = ""
        self._lay_out()
        self.clear()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(16, 6, 12, 6)
        top.setSpacing(6)
        top.addWidget(self._title, 1)
        top.addWidget(self._place)
        top.addWidget(caps("["))
        top.addWidget(caps("]"))
        top.addWidget(self._copy)
        grid = QGridLayout()
        grid.setContentsMargins(16, 8, 16, 4)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(3)
        grid.setColumnMinimumWidth(0, 100)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(FACTS):
            value = Elided("", "mono" if name == "Trace id" else "second")
            key = label(name, "second", "third")
            grid.addWidget(key, row, 0)
            grid.addWidget(value, row, 1)
            self._facts[name] = (key, value)
        facts = QVBoxLayout()
        facts.setSpacing(0)
        facts.addLayout(top)
        facts.addWidget(line())
        facts.addLayout(grid)
        facts.addStretch(1)
        parts = QVBoxLayout()
        parts.setSpacing(0)
        parts.addWidget(self.tabs)
        parts.addWidget(line())
        parts.addWidget(self._parts, 1)
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._halves.setContentsMargins(0, 0, 0, 0)
        self._halves.setSpacing(0)
        self._halves.addLayout(facts)
        self._halves.addLayout(parts, 1)

    def lie(self, flat: bool) -> None:  # noqa: FBT001
        """Facts beside the parts instead of above them."""
        way = QBoxLayout.Direction.LeftToRight if flat else QBoxLayout.Direction.TopToBottom
        self._halves.setDirection(way)
        self._halves.setStretch(0, 1 if flat else 0)

    def clear(self) -> None:
        """Shows no message."""
        self._key = ""
        self._title.setText("No message chosen")
        self._place.setText("")
        self._copy.setEnabled(False)
        for key, value in self._facts.values():
            key.hide()
            value.hide()
        self.tabs.hide()
        self._parts.hide()

    def show_letter(self, opened: OpenedLetter, place: str) -> None:
        """Shows a message; `place` says which of how many it is."""
        detail = opened.detail
        row = detail.row
        self._key = row.ref.key
        self._title.setText(one_line(row.ref.key, 120))
        self._place.setText(place)
        self._copy.setEnabled(True)
        for name, text in self._texts(detail).items():
            for widget in self._facts[name]:
                widget.setVisible(bool(text))
            self._facts[name][1].setText(text)
        headers = detail.payload.headers if isinstance(detail.payload, Payload) else ()
        self.tabs.setTabText(1, f"Headers {count(len(headers))}")
        self.body.show_body(opened.body, detail.failure.message)
        self.headers.show_headers(headers, detail.failure.header_names)
        self.failure.show_failure(detail.failure)
        self.tabs.show()
        self._parts.show()

    def pane(self) -> QWidget:
        """What has the keys of the shown part."""
        part = self._parts.currentWidget()
        return part.pane() if isinstance(part, BodyPane | HeadersPane | FailurePane) else self

    def next_tab(self) -> None:
        """The next part: tree, text, hex of the body, then headers, then failure."""
        if self.tabs.currentIndex() == 0 and self.body.next_way():
            return
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + 1) % self.tabs.count())

    def _texts(self, detail: LetterDetail) -> dict[str, str]:
        row, failure = detail.row, detail.failure
        died = failure.at or row.at
        target = one_line(failure.target, 120) if failure.target else "not known"
        said = f" from {one_line(failure.target_from, 60)}" if failure.target and failure.target_from else ""
        return {
            "Failed": at_time(died, self._bench.now().astimezone()) if died else "not told",
            "Cause": one_line(row.title, 160),
            "Original target": f"{target}{said}",
            "Attempts": "" if row.attempts is None else count(row.attempts),
            "Trace id": one_line(row.trace_id or "", 80),
            "Redriven before": plural(row.redriven, "time") if row.redriven else "never",
            "Address": one_line(row.address, 160),
        }

    def _copy_id(self) -> None:
        QGuiApplication.clipboard().setText(self._key)
