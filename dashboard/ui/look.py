"""What a widget needs to draw itself: colours, fonts and icons of the chosen theme, and word of their change."""

from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from adapters.api import Environment
from dashboard.ui.fonts import Fonts
from dashboard.ui.icons import Icons
from dashboard.ui.theme import palette, stylesheet
from dashboard.ui.tokens import THEMES, Mode, Tokens

TextSize = Literal[90, 100, 115, 130]


class Look(QObject):
    """The theme in use. Painted widgets read `tokens` as they paint and repaint on `changed`."""

    changed = Signal()

    def __init__(self, mode: Mode = "dark", text_size: TextSize = 100, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tokens: Tokens = THEMES[mode]
        self.fonts = Fonts(text_size / 100)
        self.icons = Icons()

    def apply(self, application: QApplication) -> None:
        """Gives font, palette and the one stylesheet to the application."""
        application.setStyle("Fusion")
        application.setFont(self.fonts.get("body"))
        application.setPalette(palette(self.tokens))
        application.setStyleSheet(stylesheet(self.tokens, self.fonts))

    def choose(self, application: QApplication, mode: Mode) -> None:
        """Changes the theme of the running program."""
        self.tokens = THEMES[mode]
        self.apply(application)
        self.changed.emit()

    def row(self, height: int) -> int:
        """A row height at 100 % in logical pixels at this text size."""
        return round(height * self.fonts.scale)

    def icon(self, widget: QWidget, name: str, color: str, size: int = 16) -> QPixmap:
        """An icon at the resolution of the screen that the widget is on."""
        return self.icons.pixmap(name, color, size, widget.devicePixelRatioF())

    def environment(self, environment: Environment) -> tuple[str, str]:
        """Colour and tint of an environment."""
        tokens = self.tokens
        return {
            Environment.PRODUCTION: (tokens.production, tokens.production_tint),
            Environment.STAGING: (tokens.staging, tokens.staging_tint),
            Environment.DEVELOPMENT: (tokens.development, tokens.development_tint),
        }[environment]


def repaint(*widgets: QWidget) -> None:
    """Makes style rules read changed properties again."""
    for widget in widgets:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()
