"""One place for acts of which at most one is there at a time, so that no other act slides under the pointer."""

from collections.abc import Sequence

from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from dashboard.ui.widgets.buttons import Button


class ActSlot(QStackedWidget):
    """As wide as the widest of its acts, whichever is shown."""

    def __init__(self, acts: Sequence[Button]) -> None:
        super().__init__()
        self._none = QWidget()
        self.addWidget(self._none)
        for act in acts:
            self.addWidget(act)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def offer(self, act: Button | None) -> None:
        """Shows an act, or none."""
        self.setCurrentWidget(act or self._none)


def keep_place(act: QWidget) -> None:
    """Lets an act keep its place while it is hidden."""
    policy = act.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    act.setSizePolicy(policy)
