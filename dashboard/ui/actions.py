"""Every act of the program in one table: its words, its key, where the key works, and why it may not be done now."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

Scope = Literal["window", "page", "pane"]
Act = Callable[[], None]
WhyNot = Callable[[], str]

_CONTEXTS = {
    "window": Qt.ShortcutContext.WindowShortcut,
    "page": Qt.ShortcutContext.WidgetWithChildrenShortcut,
    "pane": Qt.ShortcutContext.WidgetShortcut,
}


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An act as declared.

    `keys` are alternatives in Qt's portable text. `scope` is where they work: in the whole window, in the page, or
    only while one pane (a table, a chart) has the focus, as all single letters do. `own` acts are done by the pane
    itself, such as moving in a table, and cannot be picked from the palette. `words` are what a person may call it.
    """

    id: str
    group: str
    text: str
    keys: tuple[str, ...] = ()
    scope: Scope = "page"
    icon: str = "command"
    detail: str = ""
    own: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """An act that something on the screen can do; `why_not` is empty while it may."""

    spec: ActionSpec
    widget: QWidget
    run: Act
    why_not: WhyNot

    @property
    def reachable(self) -> bool:
        """Whether what does it can be seen."""
        return isValid(self.widget) and (self.spec.scope == "window" or self.widget.isVisible())


def allowed() -> str:
    """The reason of what may always be done."""
    return ""


class Actions(QObject):
    """What is declared, and what is bound now. `refused(text)` tells why a key did nothing."""

    refused = Signal(str)

    def __init__(self, table: tuple[ActionSpec, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self._specs = {spec.id: spec for spec in table}
        self._bound: list[Bound] = []
        self.blocked: Callable[[], bool] = lambda: False

    def spec(self, action: str) -> ActionSpec:
        """The declaration; raises `KeyError` for an act that is not declared."""
        return self._specs[action]

    def bind(self, action: str, widget: QWidget, run: Act, why_not: WhyNot = allowed) -> Bound:
        """Lets `widget` do an act: its keys work there from now on, and the palette offers it while it is visible."""
        spec = self._specs[action]
        bound = Bound(spec, widget, run, why_not)
        self._bound.append(bound)
        for key in spec.keys:
            shortcut = QShortcut(QKeySequence(key), widget)
            shortcut.setContext(_CONTEXTS[spec.scope])
            shortcut.activated.connect(lambda: self._pressed(bound))
        return bound

    def bound(self) -> list[Bound]:
        """What can be done from here, in the order of the table; of one act bound twice, the focused or first one."""
        self._bound = [one for one in self._bound if isValid(one.widget)]
        best: dict[str, Bound] = {}
        for one in self._bound:
            if one.reachable and (one.spec.id not in best or one.widget.hasFocus()):
                best[one.spec.id] = one
        return [best[spec.id] for spec in self.table if spec.id in best]

    def trigger(self, bound: Bound) -> None:
        """Does it, or says why not."""
        reason = bound.why_not()
        if reason:
            self.refused.emit(f"{bound.spec.text.rstrip('…')}: {reason}")
        else:
            bound.run()

    def _pressed(self, bound: Bound) -> None:
        if not self.blocked():
            self.trigger(bound)


def key_words(key: str) -> tuple[str, ...]:
    """A key in the words of its caps: "Ctrl+Shift+C" is ("Ctrl", "Shift", "C")."""
    shown = {
        "Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Return": "Enter", "Del": "Del", "Minus": "−",
        "Plus": "+", "Period": ".", "Slash": "/", "Question": "?", "PgUp": "Page ↑", "PgDown": "Page ↓",
    }  # fmt: skip
    parts = ["+"] if key == "+" else key.replace("++", "+Plus").split("+")
    return tuple(shown.get(part, part) for part in parts)
