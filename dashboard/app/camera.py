"""Takes pictures of the window in both themes, once it shows nothing older than was asked for."""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future

from PySide6.QtCore import QBuffer, QIODevice, QObject, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QTabBar,
    QTableView,
    QWidget,
)

from dashboard.core.fleet import FleetSnapshot
from dashboard.demo.shots import Shot, Shown, View
from dashboard.ui.look import Look
from dashboard.ui.places import Place
from dashboard.ui.tokens import Mode
from dashboard.ui.window import Window

THEMES: tuple[Mode, ...] = ("dark", "light")
SETTLE_MS = 400
"""Longer than a frame and a drain of the mailbox, and than the answer to a question asked on entering a page."""
PATIENCE = 40
_DIGIT = re.compile(r"\d")
_ROW_KEY = "Message id"
"""What names a row where it is there; else the first column with a title does."""


class Camera(QObject):
    """Lives in the window's thread; takes one picture after the other."""

    def __init__(self, application: QApplication, window: Window, look: Look) -> None:
        super().__init__(window)
        self._application = application
        self._window = window
        self._look = look

    def take(self, view: View, future: "Future[Sequence[Shot]]") -> None:
        """Goes to the place, waits, and puts the pictures into the future."""
        self._window.go(Place(view.place, view.what))
        self._wait(view, future, PATIENCE)

    def _wait(self, view: View, future: "Future[Sequence[Shot]]", left: int) -> None:
        fleet = self._window.bench.bridge.latest("fleet")
        fresh = isinstance(fleet, FleetSnapshot) and fleet.at.timestamp() > view.since and bool(fleet.rows)
        if fresh or left == 0:
            self._later(lambda: self._shoot(list(THEMES), [], future))
        else:
            self._later(lambda: self._wait(view, future, left - 1))

    def _shoot(self, themes: list[Mode], taken: list[Shot], future: "Future[Sequence[Shot]]") -> None:
        if not themes:
            future.set_result(taken)
            return
        theme = themes.pop(0)
        self._look.choose(self._application, theme)
        self._later(lambda: self._keep(theme, themes, taken, future))

    def _keep(
        self, theme: Mode, themes: list[Mode], taken: list[Shot], future: "Future[Sequence[Shot]]"
    ) -> None:
        shown = tuple(dict.fromkeys(numbers_on(self._window)))
        taken.append(Shot(theme, png(self._window.grab()), shown))
        self._shoot(themes, taken, future)

    def _later(self, act: Callable[[], None]) -> None:
        QTimer.singleShot(SETTLE_MS, self, act)


def png(picture: QPixmap) -> bytes:
    """The picture as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(buffer.data().data())


def numbers_on(window: QWidget) -> Iterator[Shown]:
    """Every text with a digit that can be seen in a window."""
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and not widget.visibleRegion().isEmpty():
            yield from (shown for shown in _texts(widget) if _DIGIT.search(shown.text))


def _texts(widget: QWidget) -> Iterator[Shown]:
    if isinstance(widget, QTableView):
        yield from _cells(widget)
    elif isinstance(widget, QTabBar):
        yield from (Shown(_owner(widget), "", widget.tabText(tab)) for tab in range(widget.count()))
    elif isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        yield Shown(_owner(widget), widget.accessibleName(), widget.text())
    elif widget.accessibleName() and type(widget) not in {QWidget, QFrame}:
        yield Shown(_owner(widget), "", widget.accessibleName())


def _owner(widget: QWidget) -> str:
    parent = widget.parentWidget()
    while parent is not None and not parent.accessibleName():
        parent = parent.parentWidget()
    return parent.accessibleName() if parent is not None else ""


def _cells(table: QTableView) -> Iterator[Shown]:
    model = table.model()
    titles = _titles(table)
    last = table.rowAt(table.viewport().height() - 1)
    rows = range(max(table.rowAt(0), 0), (last if last >= 0 else model.rowCount() - 1) + 1)
    for row in rows:
        texts = [
            str(model.index(row, column).data(Qt.ItemDataRole.DisplayRole) or "")
            for column in range(model.columnCount())
        ]
        named = {
            title: text for title, text in reversed(list(zip(titles, texts, strict=True))) if title and text
        }
        name = named.get(_ROW_KEY) or next(reversed(named.values()), "")
        yield from (Shown(name, title, text) for title, text in zip(titles, texts, strict=True) if title)


def _titles(table: QTableView) -> list[str]:
    """Titles of all columns; one without a title of its own belongs to the one before."""
    titles: list[str] = []
    for column in range(table.model().columnCount()):
        title = table.model().headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        titles.append(str(title or "") or (titles[-1] if titles else ""))
    return titles
