"""The strip of the demo: what can be made to go wrong, the fix, and how the shop does."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton

from adapters.api import RedriveError
from dashboard.core.demo import DemoControl, DemoState
from dashboard.core.words import count
from dashboard.ui.bench import Bench
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import Elided, label

EVERY_MS = 2000
_CALM = ""


class DemoStrip(QFrame):
    """40 px over the status bar; its levers are asked of the engine, its numbers each two seconds."""

    def __init__(self, bench: Bench, demo: DemoControl) -> None:
        super().__init__()
        self._bench = bench
        self._demo = demo
        self.setProperty("ground", "raised")
        self.setAccessibleName("Demo")
        self.setFixedHeight(bench.look.row(44))
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        row.addWidget(label("Demo", "section"))
        row.addWidget(label("what goes wrong:", "second", "third"))
        scenarios = QHBoxLayout()
        scenarios.setSpacing(0)
        for name, title, text in [
            (_CALM, "Nothing", "The shop runs as it should."),
            *((one.name, one.title, one.text) for one in demo.scenarios()),
        ]:
            scenarios.addWidget(self._scenario(name, title, text))
        row.addLayout(scenarios)
        row.addSpacing(8)
        self.fix = Button(bench.look, "Deploy the fix", "primary", run=self._fix)
        row.addWidget(self.fix)
        bench.actions.bind("demo.fix", self, self._fix)
        self._words = Elided("", "second", "second")
        row.addWidget(self._words, 1)
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._ask)
        self._timer.start()
        self._fixed = False
        # Not disabled meanwhile: that would hand the focus to another button, and the next key with it.
        self._under_way = False
        self._ask()

    def _scenario(self, name: str, title: str, text: str) -> QPushButton:
        button = QPushButton(title)
        button.setProperty("tone", "segment")
        button.setCheckable(True)
        button.setToolTip(text)
        button.setAccessibleName(f"Demo: {title}")
        button.setAccessibleDescription(text)
        button.clicked.connect(lambda: self._choose(name))
        self._group.addButton(button)
        self._buttons[name] = button
        return button

    def _choose(self, name: str) -> None:
        demo = self._demo
        self._bench.commands.ask(
            self, lambda _: demo.scenario(name) if name else demo.calm(), lambda _: self._ask(), self._failed
        )

    def _fix(self) -> None:
        if self._under_way:
            return
        demo = self._demo
        self._under_way = True
        self._bench.commands.ask(
            self,
            lambda _: demo.roll_back() if self._fixed else demo.deploy_fix(),
            lambda _: self._deployed(),
            self._failed,
        )

    def _deployed(self) -> None:
        self._under_way = False
        self._ask()

    def _ask(self) -> None:
        self._bench.commands.ask(self, lambda _: self._demo.state(), self._came, self._failed)

    def _came(self, state: DemoState) -> None:
        self._fixed = state.fixed
        self.fix.setText("Roll the fix back" if state.fixed else "Deploy the fix")
        self._buttons[state.scenario or _CALM].setChecked(True)
        version = "the fix runs" if state.fixed else "the failing version runs"
        words = f"{count(state.published)} messages so far, {count(state.dead)} dead letters, {version}"
        self._words.setText(words)

    def _failed(self, error: RedriveError) -> None:
        self._under_way = False
        self._words.setText(str(error))
