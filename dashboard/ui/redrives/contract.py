"""What will happen, before it does: counts that add up, every warning in full, checks, and the confirmation."""

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from adapters.api import Environment
from dashboard.core.runs import Caution, Plan
from dashboard.core.text import visible_lines
from dashboard.core.words import count
from dashboard.ui.look import Look
from dashboard.ui.redrives.confirm import ConfirmBox
from dashboard.ui.redrives.words import after_canary, counts, send_words
from dashboard.ui.widgets.labels import clear, label, line
from dashboard.ui.widgets.marks import HealthMark, Mark

WIDTH = 400
AGAIN_MS = 1500
"""So long a new warning is looked at before the button can be pressed."""

CALLED_BACK = {
    "redrive": "Cancelling keeps what has not been sent. It does not call back what has.",
    "purge": "Restore puts them back at the end of this source or of another, at any time. They keep their bytes and"
    " headers, not their place.",
    "restore": "Cancelling keeps what has not been put back in the archive.",
}


class Contract(QWidget):
    """400 px at the right. A warning counts as shown once it was wholly in view. `changed` when it shows another plan."""

    changed = Signal()

    def __init__(self, look: Look, *, tone: str = "primary") -> None:
        super().__init__()
        self._look = look
        self._plan: Plan | None = None
        self._warnings: list[QWidget] = []
        self._shown: set[str] = set()
        self._known: set[str] | None = None
        self._drawn: tuple[object, ...] = ()
        self._waits = ""
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._allow)
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("What will happen")
        self._inside = QWidget()
        self._rows = QVBoxLayout(self._inside)
        self._rows.setContentsMargins(20, 12, 20, 12)
        self._rows.setSpacing(6)
        self.rolling = QScrollArea()
        self.rolling.setWidget(self._inside)
        self.rolling.setWidgetResizable(True)
        self.rolling.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rolling.setAccessibleName("What will happen")
        self.rolling.verticalScrollBar().valueChanged.connect(self.look_on)
        self.confirm = ConfirmBox(look, tone=tone)
        foot = QVBoxLayout()
        foot.setContentsMargins(20, 8, 20, 16)
        foot.addWidget(self.confirm)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.rolling, 1)
        outer.addLayout(foot)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.look_on)

    def begin(self) -> None:
        """Another draft: no warning of it was shown."""
        self._shown, self._known, self._plan = set(), None, None
        self._again.stop()
        self.confirm.clear()

    def show_plan(self, plan: Plan, environment: Environment) -> None:
        """Shows a plan; warnings that were shown before stay so, and a new one keeps the button off for a moment."""
        self._plan = plan
        self._waits = ""
        warned = set(_keys(plan.warnings))
        if self._known is not None and warned - self._known:
            self._again.start()
        self._known = warned | (self._known or set())
        drawn = (
            counts(plan),
            plan.others,
            plan.warnings,
            plan.checks,
            plan.side_effects,
            plan.draft,
            environment,
        )
        if drawn != self._drawn:
            self._drawn = drawn
            self._draw(plan, environment)
        end = "to remove" if plan.draft.kind == "purge" else "to go on"
        self.confirm.ask(environment, plan.typed, send_words(plan, environment), end)
        self._allow()
        self._later.start()
        self.changed.emit()

    def _draw(self, plan: Plan, environment: Environment) -> None:
        self._clear()
        self._rows.addWidget(label("What will happen", "title"))
        for name, figure, indented in counts(plan):
            self._rows.addWidget(_pair(name, figure, indented=indented))
        if plan.others:
            self._rows.addWidget(
                _pair("Others in the source, left as they are", count(plan.others), indented=False)
            )
        after = after_canary(plan, environment)
        if after:
            self._rows.addWidget(label(after, "second", wrap=True))
        self._add_warnings(plan.warnings)
        self._add_checks(plan)
        self._rows.addWidget(label(CALLED_BACK[plan.draft.kind], "second", wrap=True))
        self._rows.addStretch(1)

    def wait(self, words: str) -> None:
        """Keeps the button off while the plan shown is not the one that is wanted."""
        self._waits = words
        self._allow()

    def _add_warnings(self, warnings: Sequence[Caution]) -> None:
        self._rows.addWidget(line())
        if not warnings:
            self._rows.addWidget(label("No warnings", "second"))
        for caution in warnings:
            row = WarningRow(self._look, caution)
            self._warnings.append(row)
            self._rows.addWidget(row)

    def _add_checks(self, plan: Plan) -> None:
        self._rows.addWidget(line())
        for text in plan.checks:
            self._rows.addWidget(_marked(self._look, "ok", text))
        for text in plan.side_effects:
            self._rows.addWidget(_marked(self._look, "warn", f"{text[:1].upper()}{text[1:]}"))

    def _clear(self) -> None:
        self._warnings = []
        clear(self._rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less of the warnings can be seen."""
        super().resizeEvent(event)
        self._later.start()

    def showEvent(self, event: QShowEvent) -> None:
        """What is in view now counts."""
        super().showEvent(event)
        self._later.start()

    def look_on(self) -> None:
        """Counts the warnings whose end is in view, or was scrolled past."""
        if self._plan is None or not self.isVisible():
            return
        for row, key in zip(self._warnings, _keys(self._plan.warnings), strict=True):
            # Half a line of the last one may hang out: it was read then.
            if row.mapToGlobal(row.rect().bottomLeft()).y() <= _foot(row) + 8:
                self._shown.add(key)
        self._allow()

    def whole_height(self) -> int:
        """What it takes to show all of it without scrolling, the confirmation left out."""
        inside = self._inside
        layout = inside.layout()
        width = self.rolling.viewport().width()
        wrapped = layout.heightForWidth(width) if layout is not None and layout.hasHeightForWidth() else 0
        return max(wrapped, inside.sizeHint().height())

    def _allow(self) -> None:
        plan = self._plan
        if plan is None:
            self.confirm.hold(self._waits or "the plan is being made")
            return
        seen = sum(key in self._shown for key in _keys(plan.warnings))
        self.confirm.seen(seen, len(plan.warnings))
        why = self._waits
        if not why and plan.refused:
            why = "It is refused while a red warning stands."
        if not why and plan.sent == 0:
            why = "Nothing would be sent."
        if not why and seen < len(plan.warnings):
            why = "Scroll through all warnings first."
        if not why and self._again.isActive():
            why = "The plan has changed: look at its new warning."
        self.confirm.hold(why)


class WarningRow(QFrame):
    """One warning in full with its remedy."""

    def __init__(self, look: Look, caution: Caution) -> None:
        super().__init__()
        mark = HealthMark(look)
        mark.show_mark("danger" if caution.stop else "warn")
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(
            label(visible_lines(caution.title), "source", "danger" if caution.stop else "warn", wrap=True)
        )
        texts.addWidget(label(visible_lines(caution.text), "second", wrap=True))
        if caution.remedy:
            remedy = label(visible_lines(caution.remedy), "second", "accent", wrap=True)
            by_mouse, by_keys = (
                Qt.TextInteractionFlag.TextSelectableByMouse,
                Qt.TextInteractionFlag.TextSelectableByKeyboard,
            )
            remedy.setTextInteractionFlags(by_mouse | by_keys)
            texts.addWidget(remedy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 4)
        row.setSpacing(8)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        said = "stops the run" if caution.stop else "warning"
        self.setAccessibleName(f"{said}: {caution.title}. {caution.text} {caution.remedy}".strip())


class Tick(QWidget):
    """What was checked and is so."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedSize(16, 16)
        self.setAccessibleName("checked")
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the tick."""
        del event
        QPainter(self).drawPixmap(1, 1, self._look.icon(self, "check", self._look.tokens.ok, 14))


def _keys(cautions: Sequence[Caution]) -> list[str]:
    """Warnings but for their numbers: a count that moved does not make another one. Each is told from the others."""
    blind = [re.sub(r"\d[\d.,]*", "#", f"{caution.title} {caution.text}") for caution in cautions]
    return [f"{key} {blind[:place].count(key)}" for place, key in enumerate(blind)]


def _pair(name: str, figure: str, *, indented: bool) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(10 if indented else 0, 0, 0, 0)
    row.addWidget(label(name, "second" if indented else "body", wrap=True), 1)
    row.addWidget(label(figure, "second" if indented else "source"), 0, Qt.AlignmentFlag.AlignTop)
    return box


def _foot(widget: QWidget) -> int:
    """The lowest point on the screen that can be seen of what a widget lies in."""
    foot = widget.window().mapToGlobal(widget.window().rect().bottomLeft()).y()
    above = widget.parentWidget()
    while above is not None:
        foot = min(foot, above.mapToGlobal(above.rect().bottomLeft()).y())
        above = None if above.isWindow() else above.parentWidget()
    return foot


def _marked(look: Look, mark: Mark, text: str) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    sign: QWidget = Tick(look)
    if mark != "ok":
        sign = HealthMark(look)
        sign.show_mark(mark)
    row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(visible_lines(text), "second", wrap=True), 1)
    return box
