"""What a pane shows instead of its content: loading, empty, nothing matches, failed, not read yet."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from adapters.api import RedriveError
from dashboard.ui.look import Look
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import clear, label

Act = tuple[str, Callable[[], None]]
"""A button's words and what it does."""


class StatePanel(QWidget):
    """An icon, a sentence, a line of why, and acts; in the middle of the pane it stands for."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._icon = QLabel()
        self._icon_name = ""
        self._tone = ""
        self._title = label("", "section")
        self._text = label("", "why", wrap=True)
        self._text.setMinimumWidth(360)
        self._acts = QHBoxLayout()
        self._acts.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._text)
        words.addSpacing(4)
        words.addLayout(self._acts)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addStretch(1)
        outer.addLayout(row)
        outer.setAlignment(row, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)
        look.changed.connect(self._tint)

    def say(self, icon: str, title: str, text: str = "", *, tone: str = "", acts: Sequence[Act] = ()) -> None:
        """Changes all of it. `tone` colours the icon; the first act is an ordinary button, others are links."""
        self._icon_name, self._tone = icon, tone
        self._tint()
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleName(f"{title}. {text}")
        clear(self._acts)
        for number, (words, run) in enumerate(acts):
            self._acts.addWidget(Button(self._look, words, "" if number == 0 else "link", run=run))
        self._acts.addStretch(1)

    def loading(self, words: str = "Reading…") -> None:
        """Says what is under way."""
        self.say("hourglass", words)

    def failing(self, title: str, error: RedriveError, again: Callable[[], None] | None = None) -> None:
        """Says what failed, what to do, and offers to try again."""
        acts: list[Act] = [("Try again", again)] if again is not None else []
        self.say("octagon-alert", title, str(error), tone="danger", acts=acts)

    def _tint(self) -> None:
        if self._icon_name:
            tokens = self._look.tokens
            color = {"danger": tokens.danger, "warn": tokens.warn, "ok": tokens.ok}.get(
                self._tone, tokens.text3
            )
            self._icon.setPixmap(self._look.icon(self, self._icon_name, color, 20))
