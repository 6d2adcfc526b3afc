"""The end of a connection's test: what it can do, line by line, each with a remedy to copy."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from adapters.api import RedriveError
from dashboard.core.connections import TestFinding, TestResult
from dashboard.core.text import one_line
from dashboard.core.words import duration
from dashboard.ui.look import Look
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import clear, label, line, set_role
from dashboard.ui.widgets.marks import HealthMark, Mark


class ResultPane(QWidget):
    """Empty until a test was asked for."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setAccessibleName("What this connection can do")
        self._when = label("", "second", "third")
        self.headline = label("", "second", wrap=True)
        self._box = QFrame()
        self._box.setProperty("role", "note")
        inside = QHBoxLayout(self._box)
        inside.setContentsMargins(10, 6, 10, 6)
        inside.addWidget(self.headline)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._list.setContentsMargins(0, 0, 8, 0)
        holder = QWidget()
        holder.setLayout(self._list)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(holder)
        top = QHBoxLayout()
        top.addWidget(label("What this connection can do", "section"))
        top.addStretch(1)
        top.addWidget(self._when)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 16, 16)
        outer.setSpacing(8)
        outer.addLayout(top)
        outer.addWidget(self._box)
        outer.addWidget(scroll, 1)
        self.forget()

    def forget(self) -> None:
        """The fields changed since: what was tested says nothing of them."""
        clear(self._list)
        self._when.setText("not tested")
        self._say("note", "Test it to see what this account may do. A test changes nothing.")

    def testing(self) -> None:
        """A test is under way."""
        clear(self._list)
        self._when.setText("")
        self._say("info", "Connecting…")

    def failing(self, error: RedriveError) -> None:
        """The test could not be done."""
        clear(self._list)
        self._say("danger", str(error))

    def show_result(self, result: TestResult, time: str) -> None:
        """All findings."""
        clear(self._list)
        self._when.setText(f"tested {time}, took {duration(result.took_s)}")
        self._say("ok" if result.ok else "danger", one_line(result.headline, 300))
        for number, finding in enumerate(result.findings):
            if number:
                self._list.addWidget(line())
            self._list.addWidget(self._finding(finding))
        self._list.addStretch(1)

    def _say(self, role: str, text: str) -> None:
        set_role(self._box, role)
        self.headline.setText(text)

    def _finding(self, finding: TestFinding) -> QWidget:
        box = QWidget()
        mark = HealthMark(self._look)
        shown: Mark = "ok" if finding.good else "unknown" if finding.good is None else "warn"
        mark.show_mark(shown)
        tone = {"ok": "ok", "warn": "warn"}.get(shown, "third")
        head = QHBoxLayout()
        head.addWidget(label(one_line(finding.title, 120), "source"))
        head.addStretch(1)
        head.addWidget(label(one_line(finding.verdict, 60), "second", tone))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        if finding.text:
            words.addWidget(label(one_line(finding.text, 400), "second", wrap=True))
        if finding.remedy:
            words.addWidget(self._remedy(finding.remedy))
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(6)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        box.setAccessibleName(f"{finding.title}: {finding.verdict}. {finding.text}")
        return box

    def _remedy(self, remedy: str) -> QWidget:
        code = QFrame()
        code.setProperty("role", "code")
        inside = QHBoxLayout(code)
        inside.setContentsMargins(8, 2, 8, 2)
        inside.addWidget(label(one_line(remedy, 400), "mono", wrap=True), 1)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 2, 0, 0)
        row.addWidget(code, 1)
        copy = Button(self._look, "Copy", "link", run=lambda: QGuiApplication.clipboard().setText(remedy))
        row.addWidget(copy)
        return holder
