"""What stands in Watch while nothing is connected: the demo, an address, and where the keys are."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from dashboard.ui.bench import Bench
from dashboard.ui.widgets.buttons import Button, caps
from dashboard.ui.widgets.labels import label, line

WIDTH = 904


class FirstRun(QWidget):
    """Two plain rows at 904 px."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.field = QLineEdit()
        self.field.setProperty("role", "mono")
        self.field.setPlaceholderText("nats://host:4222")
        self.field.setAccessibleName("Address of a broker")
        self.field.returnPressed.connect(self._connect)
        self.demo = Button(bench.look, "Start the demo", "primary", run=self._demo)
        self.demo.setFixedWidth(112)
        self.connect_button = Button(bench.look, "Connect…", run=self._connect)
        self.connect_button.setFixedWidth(112)
        inner = QWidget()
        inner.setFixedWidth(WIDTH)
        self._grid = QGridLayout(inner)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnMinimumWidth(0, 160)
        self._grid.setColumnStretch(1, 1)
        self._head()
        self._row(
            2,
            "Try the demo",
            label(
                "A small made-up shop on a broker of its own, with consumers that fail. On this computer only, in a "
                "window of its own, not beside your brokers.",
                "body",
                wrap=True,
            ),
            self.demo,
        )
        address = QWidget()
        column = QVBoxLayout(address)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(
            label(
                "Paste an address. You see what the connection can do before it is saved.", "second", "third"
            )
        )
        self._row(5, "Connect", address, self.connect_button)
        self._grid.addWidget(line(), 8, 0, 1, 3)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 16, 0, 0)
        foot.setSpacing(8)
        foot.addWidget(label("Keyboard map", "second", "third"))
        foot.addWidget(caps("?"))
        foot.addSpacing(16)
        foot.addWidget(label("Everything else", "second", "third"))
        foot.addWidget(caps("Ctrl+K"))
        foot.addStretch(1)
        self._grid.addLayout(foot, 9, 0, 1, 3)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 80, 16, 16)
        outer.addWidget(inner, 0, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        outer.addStretch(1)

    def _head(self) -> None:
        self._grid.addWidget(label("Nothing is watched yet", "first"), 0, 0, 1, 3)
        text = "Redrive reads from this computer. Nothing is installed on a broker; nothing is sent or removed until you confirm it."
        why = label(text, "why", wrap=True)
        why.setContentsMargins(0, 8, 0, 24)
        self._grid.addWidget(why, 1, 0, 1, 3)

    def _row(self, row: int, name: str, middle: QWidget, button: Button) -> None:
        self._grid.addWidget(line(), row, 0, 1, 3)
        title = label(name, "section")
        for widget in (title, middle, button):
            widget.setContentsMargins(0, 0, 0, 0)
        self._grid.setRowMinimumHeight(row + 1, 80)
        top = Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(title, row + 1, 0, top)
        self._grid.addWidget(middle, row + 1, 1, top)
        self._grid.addWidget(button, row + 1, 2, top)

    def _connect(self) -> None:
        self._bench.shell.connect_to(self.field.text().strip())

    def _demo(self) -> None:
        self._bench.shell.start_demo()
