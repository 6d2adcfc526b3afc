"""`python -m dashboard` with eyes: what can be seen in the window, and where, goes into a file five times a second.

`python -m tests.helpers.probe FILE`. The program runs unchanged, by its own entry point; a timer beside it looks at its
widgets and writes down what a screen reader would name. A widget stands in the file only where a click would reach it:
its middle is inside the window and nothing lies over it. Keys and clicks that reach the window are counted, so that a
test can tell that none came but its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QRadioButton,
    QTableView,
    QWidget,
)

from dashboard.app.composition import application
from dashboard.cli.main import main

EVERY_MS = 200
MODIFIERS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr}
MOUSE = {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
}


class Probe(QObject):
    """Lives in the window's thread; never changes a widget."""

    def __init__(self, file: Path, app: QApplication) -> None:
        super().__init__()
        self._file = file
        self._app = app
        self._watched: set[QWindow] = set()
        self._pressed: list[str] = []
        self._mouse = 0
        self._looks = 0
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Counts, and lets everything through."""
        if event.type() in MOUSE:
            self._mouse += 1
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyRelease:
            self._released(event.keyCombination().key())
        return False

    def _released(self, key: Qt.Key) -> None:
        # A shortcut takes the press before the window; the release always comes, once the press was dealt with.
        if key not in MODIFIERS:
            self._pressed.append(key.name.removeprefix("Key_"))

    def _look(self) -> None:
        for window in self._app.topLevelWindows():
            if window not in self._watched:
                self._watched.add(window)
                window.installEventFilter(self)
        focus = self._app.focusWidget()
        seen = {
            "look": self._looks,
            "active": QGuiApplication.focusWindow() is not None,
            "focus": _name(focus) if focus is not None else "",
            "pressed": self._pressed,
            "mouse": self._mouse,
            "things": [thing for top in self._app.topLevelWidgets() for thing in _things(top)],
        }
        self._looks += 1
        beside = self._file.with_suffix(".new")
        beside.write_text(json.dumps(seen))
        beside.rename(self._file)


def _name(widget: QWidget) -> str:
    return widget.accessibleName() or _text(widget)


def _text(widget: QWidget) -> str:
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        return widget.text()
    return ""


def _things(top: QWidget) -> Iterator[dict[str, object]]:
    if not top.isVisible():
        return
    for widget in [top, *top.findChildren(QWidget)]:
        if not widget.isVisible() or not (_name(widget) or isinstance(widget, QTableView)):
            continue
        box = _on_screen(widget, _inked(widget))
        if not box.isEmpty() and _reached(widget, box.center()):
            yield _thing(widget, box, _name(widget), _text(widget))
        if isinstance(widget, QTableView):
            yield from _cells(widget)


def _thing(widget: QWidget, box: QRect, name: str, text: str) -> dict[str, object]:
    return {
        "kind": type(widget).__name__,
        "name": name,
        "text": text,
        "enabled": widget.isEnabled(),
        "focus": widget.hasFocus(),
        "box": [box.x(), box.y(), box.width(), box.height()],
    }


def _inked(widget: QWidget) -> QRect:
    """What can be seen of a widget; a tick box is its box and words, not the empty room behind them."""
    box = widget.visibleRegion().boundingRect()
    if isinstance(widget, QCheckBox | QRadioButton):
        box.setWidth(min(box.width(), widget.sizeHint().width()))
    return box


def _on_screen(widget: QWidget, box: QRect) -> QRect:
    return QRect(widget.mapToGlobal(box.topLeft()), box.size())


def _reached(widget: QWidget, point: QPoint) -> bool:
    there = QApplication.widgetAt(point)
    return there is not None and (there is widget or widget.isAncestorOf(there))


def _cells(table: QTableView) -> Iterator[dict[str, object]]:
    """The cells of the rows that can be seen; a cell's name is its text."""
    model, port = table.model(), table.viewport()
    last = table.rowAt(port.height() - 1)
    rows = range(max(table.rowAt(0), 0), (last if last >= 0 else model.rowCount() - 1) + 1)
    for row in rows:
        for column in range(model.columnCount()):
            index = model.index(row, column)
            text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
            box = _on_screen(port, table.visualRect(index).intersected(port.rect()))
            if text and not box.isEmpty() and _reached(port, box.center()):
                focus = table.hasFocus() and table.currentIndex().row() == row
                yield {**_thing(table, box, text, text), "kind": "cell", "focus": focus}


if __name__ == "__main__":
    place = Path(sys.argv.pop(1))
    probe = Probe(place, application())
    sys.exit(main())
