"""The sentence a page opens with, one line of why, and up to four figures at the right."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from dashboard.ui.look import Look
from dashboard.ui.widgets.labels import Elided, label, set_tone


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with its label; `tone` colours the figure."""

    label: str
    figure: str
    tone: str = ""


class Headline(QWidget):
    """68 px high; 44 without a second line."""

    def __init__(self, look: Look, *, one_line: bool = False) -> None:
        super().__init__()
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._one_line = one_line
        self.setFixedHeight(look.row(44 if one_line else 68))
        self._text = Elided("", "headline")
        self._why = Elided("", "why")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.setContentsMargins(0, 0, 0, 0)
        words.addWidget(self._text)
        words.addWidget(self._why)
        self._facts = QHBoxLayout()
        self._facts.setSpacing(32)
        self._shown: list[tuple[QLabel, QLabel]] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(24)
        row.addLayout(words, 1)
        row.addLayout(self._facts)

    def say(self, text: str, why: str = "") -> None:
        """Changes both lines."""
        self._text.setText(text)
        self._why.setText(why)
        self._why.setVisible(bool(why) and not self._one_line)
        self.setAccessibleName(f"{text} {why}".strip())

    def facts(self, facts: Sequence[Fact]) -> None:
        """Changes the figures, keeping the widgets where the number of facts is the same."""
        while len(self._shown) > len(facts):
            for old in self._shown.pop():
                old.deleteLater()
        while len(self._shown) < len(facts):
            self._add()
        for (name, figure), fact in zip(self._shown, facts, strict=True):
            name.setText(fact.label)
            figure.setText(fact.figure)
            set_tone(figure, fact.tone)

    def texts(self) -> tuple[str, str]:
        """What it says now."""
        return self._text.text(), self._why.text()

    def _add(self) -> None:
        name = label("", "small")
        figure = label("", "figure")
        align = Qt.AlignmentFlag.AlignRight
        if self._one_line:
            pair: QHBoxLayout | QVBoxLayout = QHBoxLayout()
            pair.setSpacing(8)
        else:
            pair = QVBoxLayout()
            pair.setSpacing(0)
        pair.addWidget(name, 0, align | Qt.AlignmentFlag.AlignVCenter)
        pair.addWidget(figure, 0, align | Qt.AlignmentFlag.AlignVCenter)
        self._facts.addLayout(pair)
        self._shown.append((name, figure))
