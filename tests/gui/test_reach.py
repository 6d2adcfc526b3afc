from __future__ import annotations

import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from dashboard.app.composition import Recipe, WindowProgram
from dashboard.ui.connect.overlay import ConnectOverlay
from dashboard.ui.widgets.toast import Toast
from dashboard.ui.window import Window, fitting
from tests.gui.conftest import Stage
from tests.gui.desk import NATS
from tests.gui.test_program import Engine
from tests.gui.test_screens import watching


def named(window: Window, name: str) -> QPushButton:
    return next(one for one in window.findChildren(QPushButton) if one.accessibleName() == name)


def test_that_the_sidebars_plus_opens_connect(stage: Stage) -> None:
    window = stage.window()
    named(window, "Connect… (Ctrl+N)").click()
    overlay = window.findChild(ConnectOverlay)
    assert overlay is not None
    assert overlay.address.text() == ""


@pytest.mark.parametrize(
    ("screen", "size"),
    [((1440, 900), (1440, 860)), ((1366, 768), (1366, 728)), ((2560, 1440), (1440, 900))],
)
def test_that_the_window_opens_inside_of_the_screen(screen: tuple[int, int], size: tuple[int, int]) -> None:
    assert fitting(QSize(*screen)) == QSize(*size)


def test_that_a_toast_leaves_the_bar_with_the_acts_free(stage: Stage) -> None:
    window = stage.window()
    window.toast("It could not be read. " * 8, tone="danger")
    toast = window.findChild(Toast)
    assert toast is not None
    words = toast.findChild(QLabel)
    assert words is not None
    stage.bot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()) > 60)
    foot = window.stack.mapTo(window, QPoint(0, window.stack.height()))
    assert toast.geometry().bottom() < foot.y() - 52


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "redrive.log"
    handler = RotatingFileHandler(path, delay=True)
    logging.getLogger().addHandler(handler)
    yield path
    logging.getLogger().removeHandler(handler)
    handler.close()


def test_that_an_error_of_the_program_names_its_log(qapp: QApplication, log_file: Path) -> None:
    program = WindowProgram(qapp, Recipe(Engine().open, (NATS,), for_s=0.2))
    program._trouble(ValueError("a secret"))
    toast = program.window.findChild(Toast)
    assert toast is not None
    assert str(log_file) in toast.accessibleName()
    assert "a secret" not in toast.accessibleName()
    assert program.run() == 0


def test_that_a_table_shows_whether_it_has_the_focus(stage: Stage) -> None:
    window, page = watching(stage)
    page.table.setFocus()
    with_keys = page.table.grab().toImage()
    page.field.setFocus()
    without = page.table.grab().toImage()
    changed = sum(with_keys.pixel(x, 0) != without.pixel(x, 0) for x in range(0, with_keys.width(), 10))
    assert changed > with_keys.width() / 20, "its frame is drawn along the whole edge"
    assert with_keys.size() == without.size()
    assert window.isVisible()
