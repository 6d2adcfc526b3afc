"""Steps and contract side by side; one column with the contract last where there is little room."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QWidget

from dashboard.ui.redrives.contract import WIDTH, Contract
from dashboard.ui.redrives.steps import Steps
from dashboard.ui.widgets.labels import line

NARROW = 1000
_ANY = 16_777_215


class Halves(QScrollArea):
    """Side by side each half scrolls for itself; in one column all of it scrolls together."""

    def __init__(self, steps: Steps, contract: Contract, name: str) -> None:
        super().__init__()
        self.contract = contract
        self._steps = steps
        self.rolling = QScrollArea()
        self.rolling.setWidget(steps)
        self.rolling.setAccessibleName(name)
        for area in (self, self.rolling):
            area.setWidgetResizable(True)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, content)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self.rolling, 1)
        self._row.addWidget(line("vline"))
        self._row.addWidget(contract)
        self.setWidget(content)
        self.setAccessibleName(name)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._fit)
        self.verticalScrollBar().valueChanged.connect(contract.look_on)
        contract.changed.connect(self._changed)

    @property
    def narrow(self) -> bool:
        """Whether it is one column now."""
        return self.width() < NARROW

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Chooses between both."""
        super().resizeEvent(event)
        self._turn()
        self._later.start()

    def _changed(self) -> None:
        # At once, so that no warning counts as seen in a layout that nobody saw; and again when it is laid out.
        self._turn()
        self._later.start()

    def _fit(self) -> None:
        self._turn()
        self.contract.look_on()

    def _turn(self) -> None:
        narrow = self.narrow
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(way)
        self.contract.setMinimumWidth(0 if narrow else WIDTH)
        self.contract.setMaximumWidth(_ANY if narrow else WIDTH)
        self.rolling.setMinimumHeight(self._steps.sizeHint().height() if narrow else 0)
        self.contract.rolling.setMinimumHeight(self.contract.whole_height() if narrow else 0)
