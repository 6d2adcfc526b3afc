from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from dashboard.ui.action_table import ACTIONS
from dashboard.ui.connect.overlay import ConnectOverlay
from dashboard.ui.places import Place
from dashboard.ui.shell.palette import Palette
from dashboard.ui.watch.page import WatchPage
from dashboard.ui.widgets.buttons import Button
from tests.gui.conftest import Stage
from tests.gui.desk import fleet


def test_that_news_reaches_sidebar_status_bar_and_table(stage: Stage) -> None:
    window = stage.window()
    page = window.page
    assert isinstance(page, WatchPage)
    stage.mail.post("fleet", fleet())
    stage.bot.waitUntil(lambda: page.model.rowCount() == 13)
    assert page.headline.texts()[0] == "Two sources need attention"
    assert window.status.accessibleName().startswith("4 of 6 connections answer, 1 stale, 1 disconnected")


def test_that_alt_left_goes_back_to_the_page_before(stage: Stage) -> None:
    window = stage.window()
    window.go(Place("journal"))
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert isinstance(window.page, WatchPage)
    QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert window.page.accessibleName() == "Journal"


def test_that_the_palette_finds_a_source_named_in_a_pasted_alert(stage: Stage) -> None:
    window = stage.window()
    stage.mail.post("fleet", fleet())
    stage.bot.waitUntil(lambda: stage.bridge.latest("fleet") is not None)
    window.open_palette("[FIRING:1] Backlog above 150,000 (ORDERS/payment-capture orders)")
    palette = window.findChild(Palette)
    assert palette is not None
    assert palette.hits()[0].title == "ORDERS/payment-capture"
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_that_the_plus_beside_the_connections_opens_connect(stage: Stage) -> None:
    window = stage.window()
    plus = next(one for one in window.findChildren(Button) if one.accessibleName() == "Connect… (Ctrl+N)")
    QTest.mouseClick(plus, Qt.MouseButton.LeftButton)
    overlay = window.findChild(ConnectOverlay)
    assert overlay is not None
    assert overlay.address.hasFocus()


def test_that_no_key_is_given_twice_in_one_place() -> None:
    keys = [(key, spec.scope, spec.group) for spec in ACTIONS for key in spec.keys]
    assert len(keys) == len(set(keys))
    window_keys = [key for spec in ACTIONS for key in spec.keys if spec.scope == "window"]
    assert len(window_keys) == len(set(window_keys))
    assert all("Ctrl+R" not in spec.keys for spec in ACTIONS)
