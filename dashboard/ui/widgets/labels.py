"""Labels that show plain text only, since most of it comes from a broker."""

import html

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent, Qt
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QLayoutItem, QSizePolicy, QWidget

from dashboard.ui.look import repaint


def label(text: str = "", role: str = "body", tone: str = "", *, wrap: bool = False) -> QLabel:
    """A label of a role ("headline", "why", "small"…) and a tone ("second", "danger"…)."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    if tone:
        made.setProperty("tone", tone)
    made.setWordWrap(wrap)
    return made


def set_tone(widget: QWidget, tone: str) -> None:
    """Changes the tone; the style rules are read again only when it differs."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        repaint(widget)


def set_role(widget: QWidget, role: str) -> None:
    """Changes the role, as `set_tone`."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        repaint(widget)


def line(role: str = "line") -> QFrame:
    """A hairline: "line", "line2" or the upright "vline"."""
    made = QFrame()
    made.setProperty("role", role)
    return made


def plain_tip(text: str) -> str:
    """A tooltip that shows `text` as it is: Qt takes what looks like HTML for HTML."""
    return f"<span>{html.escape(text)}</span>" if Qt.mightBeRichText(text) else text


class Elided(QLabel):
    """One line that ends with … where it does not fit; the tooltip has it whole."""

    def __init__(self, text: str = "", role: str = "body", tone: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        if tone:
            self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the layout likes."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the text cut to the width."""
        del event
        metrics = self.fontMetrics()
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(plain_tip(self.text()) if shown != self.text() else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)


def spoken(widget: QWidget, name: str, description: str = "") -> QWidget:
    """Names a widget for those who hear the screen."""
    widget.setAccessibleName(name)
    widget.setAccessibleDescription(description)
    return widget


def clear(layout: QLayout) -> None:
    """Takes all widgets out of a layout and lets them go."""
    item = layout.takeAt(0)
    while isinstance(item, QLayoutItem):
        widget = item.widget()
        if isinstance(widget, QWidget):
            widget.hide()
            widget.deleteLater()
        item = layout.takeAt(0)
