"""The search over one source: chips for the terms, a field for the next one, and what it says of itself."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from dashboard.core.text import one_line
from dashboard.ui.dead_letters.terms import Term, join, split
from dashboard.ui.look import Look, repaint
from dashboard.ui.widgets.buttons import Button, caps
from dashboard.ui.widgets.labels import clear, label, plain_tip, set_tone

WAIT_MS = 250
SHOWN = 40


class Chip(QFrame):
    """One term; its x removes it. `name_of` gives a word for a value that people would not read."""

    def __init__(self, look: Look, term: Term, shown: str, remove: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("role", "note")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 1, 2, 1)
        row.setSpacing(4)
        if term.field:
            row.addWidget(label(f"{one_line(term.field, 40)}:", "second", "third"))
        row.addWidget(label(one_line(shown, SHOWN), "second"))
        whole = join(term.field and f"{term.field}:", shown)
        self.setToolTip(plain_tip(one_line(whole, 400)))
        row.addWidget(Button(look, "", "icon", "x", name=f"Remove {one_line(whole, 80)}", run=remove))


class Search(QFrame):
    """`changed(query)` is told a quarter second after the last key, at once for chips.

    Enter makes the text a chip; Backspace in the empty field edits the last one.
    """

    changed = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._terms: list[Term] = []
        self._told = ""
        self.name_of: Callable[[Term], str] = lambda term: term.value
        self.setProperty("role", "field")
        self.setFixedHeight(look.row(32))
        self._icon = QLabel()
        self._chips = QHBoxLayout()
        self._chips.setSpacing(6)
        self.field = QLineEdit()
        self.field.setProperty("role", "bare")
        self.field.setPlaceholderText("Add field:value or free text")
        self.field.setAccessibleName("Search these dead letters")
        self.field.installEventFilter(self)
        self.wrong = label("", "second", "danger")
        self.wrong.hide()
        self._cap: QWidget = caps("/")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addLayout(self._chips)
        row.addWidget(self.field, 1)
        row.addWidget(self.wrong)
        row.addWidget(self._cap)
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self._tell)
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._commit)
        look.changed.connect(self._tint)
        self._tint()

    def query(self) -> str:
        """The whole query as it is typed now."""
        return join(*(term.text for term in self._terms), self.field.text())

    def show_query(self, query: str) -> None:
        """Shows a query as chips and tells it."""
        self._terms = list(split(query))
        self.field.clear()
        self._remake()
        self._tell()

    def toggle(self, text: str) -> None:
        """Adds a term, or removes it where it is there already."""
        terms = [term.text for term in self._terms]
        if text in terms:
            terms.remove(text)
        else:
            terms.append(text)
        self.show_query(join(*terms, self.field.text()))

    def names_changed(self) -> None:
        """Values have other words now: a chip that was shown before its cause's title was known gets it."""
        self._remake()

    def has(self, text: str) -> bool:
        """Whether a term is one of the chips."""
        return any(term.text == text for term in self._terms)

    def complain(self, text: str) -> None:
        """Says why the query cannot be read; empty when it can."""
        self.wrong.setText(one_line(text, 80))
        self.wrong.setToolTip(plain_tip(one_line(text, 400)))
        self.wrong.setVisible(bool(text))
        set_tone(self.wrong, "danger")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The frame shows the focus of its field; Backspace and Esc act on chips and text."""
        if watched is self.field:
            if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
                self.setProperty("focused", "true" if event.type() == QEvent.Type.FocusIn else "false")
                repaint(self)
            elif self._removes(event):
                self._edit_last()
                return True
        return super().eventFilter(watched, event)

    def _typed(self) -> None:
        self._wait.start()

    def _removes(self, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        return event.key() == Qt.Key.Key_Backspace and not self.field.text() and bool(self._terms)

    def _edit_last(self) -> None:
        last = self._terms.pop()
        self.field.setText(last.text)
        self._remake()

    def _commit(self) -> None:
        self.show_query(self.query())

    def _remove(self, term: Term) -> None:
        self._terms.remove(term)
        self._remake()
        self._tell()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remake(self) -> None:
        clear(self._chips)
        for term in self._terms:
            chip = Chip(self._look, term, self.name_of(term), partial(self._remove, term))
            self._chips.addWidget(chip)

    def _tell(self) -> None:
        self._wait.stop()
        query = self.query()
        if query != self._told:
            self._told = query
            self.changed.emit(query)

    def _tint(self) -> None:
        self._icon.setPixmap(self._look.icon(self, "list-filter", self._look.tokens.text3, 14))
