"""A question that needs a decision, over the window: one sentence, what follows, two or three acts."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dashboard.ui.look import Look
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import label
from dashboard.ui.widgets.overlay import Overlay

Choice = tuple[str, str, Callable[[], None] | None]
"""Words, tone, what it does; None only closes. The last one has the focus: it should change nothing."""


class Ask(Overlay):
    """480 px wide. Esc is the answer that changes nothing."""

    def __init__(self, look: Look, window: QWidget, title: str, text: str, choices: Sequence[Choice]) -> None:
        super().__init__(look, window, width=480)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for words, tone, run in choices:
            button = Button(look, words, tone, run=partial(self._answer, run))
            row.addWidget(button)
            self.first_focus = button
        outer = QVBoxLayout(self.frame)
        outer.setContentsMargins(24, 20, 24, 16)
        outer.setSpacing(8)
        outer.addWidget(label(title, "title", wrap=True))
        outer.addWidget(label(text, "why", wrap=True))
        outer.addSpacing(8)
        outer.addLayout(row)

    def _answer(self, run: Callable[[], None] | None) -> None:
        self.close_overlay()
        if run is not None:
            run()
