from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from adapters.api import DeadLetterLink
from dashboard.core.fleet import FleetSnapshot
from dashboard.ui.connect.overlay import ConnectOverlay
from dashboard.ui.dead_letters.source import SourcePage
from dashboard.ui.places import Place
from dashboard.ui.shell.finder import Hit, asks_for_change, nearness
from dashboard.ui.shell.keymap import KeyMap
from dashboard.ui.shell.palette import Palette
from dashboard.ui.window import Window
from tests.gui.conftest import Stage
from tests.gui.dead_desk import DLQ, DeadDesk
from tests.gui.desk import NOW, FakeDesk, fleet, row
from tests.gui.test_focus import Demo


@pytest.fixture
def desk() -> FakeDesk:
    return DeadDesk()


def found(stage: Stage, window: Window, text: str) -> list[Hit]:
    window.open_palette(text)
    palette = window.findChildren(Palette)[-1]
    hits = palette.hits()
    palette.close_overlay()
    return hits


def opened(stage: Stage) -> Window:
    window = stage.window()
    stage.mail.post("fleet", fleet())
    stage.bot.waitUntil(lambda: stage.bridge.latest("fleet") is not None)
    return window


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("theme", "Change between dark and light"),
        ("shortcuts", "Keyboard map"),
        ("deploy", "Deploy the fix, or roll it back"),
        ("read-only payments", "Change payments…"),
    ],
)
def test_that_acts_are_found_by_what_a_person_calls_them(stage: Stage, text: str, title: str) -> None:
    window = opened(stage)
    window.show_demo(Demo())
    stage.bot.waitUntil(lambda: any(hit.title == title for hit in found(stage, window, text)))


def test_that_the_act_of_that_name_comes_before_the_page() -> None:
    titles = ["Go to Redrives", "Redrive…", "Redrive run: pause"]
    assert sorted(titles, key=lambda title: nearness("redrive", title)) == [
        "Redrive…",
        "Redrive run: pause",
        "Go to Redrives",
    ]


@pytest.mark.parametrize(
    ("text", "asked"),
    [("re", False), ("writ", True), ("read-only orders", True), ("orders", False), ("read-only mail", False)],
)
def test_that_few_letters_ask_for_no_change(text: str, asked: bool) -> None:
    assert asks_for_change(text, "orders") is asked


def test_that_a_change_of_rights_opens_the_connections_form(stage: Stage) -> None:
    window = opened(stage)
    hits = found(stage, window, "writable payments")
    next(hit for hit in hits if hit.title == "Change payments…").run()
    overlay = window.findChild(ConnectOverlay)
    assert overlay is not None
    assert overlay.name.text() == "payments"
    assert overlay.read_only.isChecked()


def test_that_an_order_number_is_looked_for_in_the_dead_letters(stage: Stage) -> None:
    window = opened(stage)
    plain = row("ORDERS.dead", 1000)
    held = replace(plain, resource=replace(plain.resource, dead=DeadLetterLink(("ORDERS",))))
    stage.mail.post("fleet", FleetSnapshot(NOW, fleet().connections, (held,)))
    stage.bot.waitUntil(lambda: bool(found(stage, window, "ord-4711")))
    hit = found(stage, window, "ord-4711")[-1]
    assert hit.title == "Search ORDERS.dead for “ord-4711”"
    hit.run()
    page = window.page
    assert isinstance(page, SourcePage)
    assert page.control.key == DLQ
    stage.bot.waitUntil(lambda: page.content.search.query() == "ord-4711")


def test_that_theme_and_keys_have_a_button_to_be_seen(stage: Stage) -> None:
    for width in (1440, 1280):
        window = stage.window(width)
        buttons = {one.accessibleName(): one for one in window.sidebar.findChildren(QPushButton)}
        theme = buttons["Change between dark and light (Ctrl+Shift+L)"]
        before = stage.look.tokens.mode
        QTest.mouseClick(theme, Qt.MouseButton.LeftButton)
        assert stage.look.tokens.mode != before
        QTest.mouseClick(buttons["Keyboard map (?)"], Qt.MouseButton.LeftButton)
        assert window.findChild(KeyMap) is not None
        assert window.sidebar.rect().contains(theme.mapTo(window.sidebar, theme.rect().bottomRight()))
        window.go(Place("watch"))
