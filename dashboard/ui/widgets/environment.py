"""The bar under the top bar of pages that can change something: which environment, which connection, what is allowed."""

from collections.abc import Iterable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from dashboard.core.connections import Connection
from dashboard.core.text import one_line
from dashboard.ui.look import Look

HEIGHT = 26


class EnvironmentBar(QWidget):
    """26 px, in the tint of the environment; hidden while no connection is shown."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._connection: Connection | None = None
        self._right = ""
        self.setFixedHeight(look.row(HEIGHT))
        self.hide()
        look.changed.connect(self.update)

    def show_connection(self, connection: Connection | None, right: str = "") -> None:
        """Shows a connection, and at the right what a look costs."""
        self._connection = connection
        self._right = right
        self.setVisible(connection is not None)
        self.setAccessibleName(f"{self._words()} {right}".strip())
        self.update()

    def follow(self, known: Iterable[Connection]) -> bool:
        """Shows the connection as it was saved since; whether it changed."""
        shown = self._connection
        now = next((one for one in known if shown is not None and one.name == shown.name), shown)
        if now == shown:
            return False
        self.show_connection(now, self._right)
        return True

    def _words(self) -> str:
        if self._connection is None:
            return ""
        may = "read-only" if self._connection.read_only else "may redrive and purge"
        return f"{self._connection.environment.value.title()}, {one_line(self._connection.name, 80)}, {may}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the bar."""
        del event
        if self._connection is None:
            return
        tokens = self._look.tokens
        color, tint = self._look.environment(self._connection.environment)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tint))
        painter.fillRect(0, 0, 3, self.height(), QColor(color))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        icon = "lock" if self._connection.read_only else "server"
        pixmap = self._look.icon(self, icon, color, 14)
        painter.drawPixmap(16, (self.height() - 14) // 2, pixmap)
        word = self._connection.environment.value.title()
        strong = self._look.fonts.get("button")
        painter.setFont(strong)
        painter.setPen(QColor(color))
        painter.drawText(QRectF(38, 0, 200, self.height()), middle, word)
        left = 38 + QFontMetrics(strong).horizontalAdvance(word) + 12
        plain = self._look.fonts.get("table")
        painter.setFont(plain)
        painter.setPen(QColor(tokens.text2))
        rest = self._words().partition(", ")[2]
        painter.drawText(QRectF(left, 0, self.width() - left - 16, self.height()), middle, rest)
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(QRectF(left, 0, self.width() - left - 16, self.height()), right, self._right)
