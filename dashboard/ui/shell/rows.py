"""The rows of the sidebar: a page, a connection, the name of an environment; painted, wide or as a rail."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from adapters.api import Environment
from dashboard.core.connections import ConnectionView
from dashboard.core.text import one_line
from dashboard.ui.look import Look
from dashboard.ui.places import PageSpec
from dashboard.ui.widgets.labels import plain_tip
from dashboard.ui.widgets.marks import Mark, paint_mark

WIDE = 232
SHORT = 4
"""Letters of a connection's name in the rail."""


@dataclass(frozen=True, slots=True)
class Count:
    """What stands behind a page's name: "2 new"; `tone` colours it."""

    text: str = ""
    tone: str = ""


class NavButton(QAbstractButton):
    """A page of the sidebar."""

    def __init__(self, look: Look, spec: PageSpec, key: str) -> None:
        super().__init__()
        self._look = look
        self.spec = spec
        self._count = Count()
        self.rail = False
        self.setCheckable(True)
        # Painted here: without it nothing is painted anew when the pointer leaves.
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(spec.title)
        self.setToolTip(f"{spec.title}  {key}")
        self.setFixedHeight(look.row(30))
        look.changed.connect(self.update)

    def show_count(self, count: Count) -> None:
        """Changes what stands behind the name."""
        if count != self._count:
            self._count = count
            self.setAccessibleName(f"{self.spec.title} {count.text}".strip())
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws ground, icon, name and count."""
        del event
        tokens = self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = tokens.nav_on if self.isChecked() else tokens.hover if self.underMouse() else ""
        ground(painter, self, shade, tokens.accent)
        color = tokens.accent if self.isChecked() else tokens.text2
        left = (self.width() - 16) // 2 if self.rail else 8
        painter.drawPixmap(left, (self.height() - 16) // 2, self._look.icon(self, self.spec.icon, color))
        if self.rail:
            if self._count.text:
                dot = getattr(tokens, self._count.tone or "accent")
                painter.setBrush(QColor(dot))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawEllipse(QRectF(left + 13, 4, 6, 6))
            return
        painter.setFont(self._look.fonts.get("body"))
        painter.setPen(QColor(tokens.text if self.isChecked() else tokens.text2))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(34, 0, self.width() - 34, self.height()), middle, self.spec.title)
        painter.setFont(self._look.fonts.get("table"))
        quiet = tokens.text2 if self.isChecked() else tokens.text3
        painter.setPen(QColor(getattr(tokens, self._count.tone) if self._count.tone else quiet))
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(QRectF(0, 0, self.width() - 8, self.height()), right, self._count.text)


class ConnectionButton(QAbstractButton):
    """A connection: the strip of its environment, its mark, its name, and a tag when it is stale or off."""

    def __init__(self, look: Look, view: ConnectionView, mark: Mark, tag: str) -> None:
        super().__init__()
        self._look = look
        self.view = view
        self._mark: Mark = mark
        self._tag = tag
        self.short = view.connection.name[:SHORT]
        self.rail = False
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(look.row(28))
        look.changed.connect(self.update)
        self.update_view(view, mark, tag)

    def update_view(self, view: ConnectionView, mark: Mark, tag: str) -> None:
        """Shows it as it is now."""
        self.view, self._mark, self._tag = view, mark, tag
        name = one_line(view.connection.name, 80)
        lock = ", read-only" if view.connection.read_only else ""
        trouble = f". {view.trouble} {view.hint}".rstrip() if view.trouble else ""
        self.setAccessibleName(f"{name}, {view.connection.environment.value}, {view.answer.value}{lock}")
        self.setToolTip(plain_tip(one_line(f"{name}: {view.answer.value}{lock}{trouble}", 400)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws one line."""
        del event
        tokens = self._look.tokens
        painter = QPainter(self)
        color, _ = self._look.environment(self.view.connection.environment)
        painter.fillRect(0, 0, 3, self.height(), QColor(color))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = tokens.nav_on if self.isChecked() else tokens.hover if self.underMouse() else ""
        ground(painter, self, shade, tokens.accent, left=4)
        if self.rail:
            self._short(painter)
            return
        paint_mark(painter, QRectF(14, 0, 16, self.height()), self._mark, tokens)
        right = self.width() - 16
        painter.setFont(self._look.fonts.get("table"))
        if self._tag:
            painter.setPen(QColor(tokens.warn if self._mark == "stale" else tokens.text3))
            side = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
            painter.drawText(QRectF(0, 0, right, self.height()), side, self._tag)
            right -= painter.fontMetrics().horizontalAdvance(self._tag) + 8
        elif self.view.connection.read_only:
            painter.drawPixmap(
                right - 14, (self.height() - 13) // 2, self._look.icon(self, "lock", tokens.text3, 13)
            )
            right -= 22
        painter.setFont(self._look.fonts.get("body"))
        quiet = self._mark in {"stale", "off", "unknown"}
        painter.setPen(QColor(tokens.text3 if quiet else tokens.text))
        room = right - 36
        name = painter.fontMetrics().elidedText(
            one_line(self.view.connection.name, 80), Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(QRectF(36, 0, room, self.height()), int(Qt.AlignmentFlag.AlignVCenter), name)

    def _short(self, painter: QPainter) -> None:
        """In a rail there is room for the mark and the first letters."""
        tokens = self._look.tokens
        paint_mark(painter, QRectF(4, 0, 14, self.height()), self._mark, tokens)
        painter.setFont(self._look.fonts.get("small"))
        painter.setPen(QColor(tokens.text if self._mark in {"ok", "warn"} else tokens.text3))
        box = QRectF(18, 0, self.width() - 19, self.height())
        painter.setClipRect(box)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), self.short)


class Heading(QWidget):
    """The name of an environment over its connections, with its strip."""

    def __init__(self, look: Look, environment: Environment) -> None:
        super().__init__()
        self._look = look
        self._environment = environment
        self.setObjectName("environment")
        self.setFixedHeight(look.row(22))
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """One small line."""
        return QSize(WIDE, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws strip and word."""
        del event
        painter = QPainter(self)
        color, _ = self._look.environment(self._environment)
        painter.fillRect(0, 0, 3, self.height(), QColor(color))
        painter.setFont(self._look.fonts.get("table"))
        painter.setPen(QColor(color))
        box = QRectF(16, 0, self.width() - 16, self.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), self._environment.value.title())


def short_names(names: Iterable[str]) -> dict[str, str]:
    """A few letters for each connection: its first ones, and its last where the first do not tell it from others."""
    cleaned = {name: one_line(name, 80) for name in names}
    starts = Counter(text[:SHORT] for text in cleaned.values())
    half = SHORT // 2
    return {
        name: text[:SHORT] if starts[text[:SHORT]] == 1 else text[:half] + text[half:][-half:]
        for name, text in cleaned.items()
    }


def ground(painter: QPainter, button: QAbstractButton, color: str, ring: str, left: int = 0) -> None:
    """The ground of a row of the sidebar, and its ring while it has the focus."""
    box = QRectF(button.rect()).adjusted(left + 0.5, 0.5, -0.5, -0.5)
    if color:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(box, 4, 4)
    if button.hasFocus():
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(ring), 2))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
