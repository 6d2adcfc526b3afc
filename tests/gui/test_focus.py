from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from dashboard.core.demo import DemoControl, DemoState
from dashboard.ui.shell.demo_strip import DemoStrip
from tests.gui.conftest import Stage
from tests.gui.test_screens import watching


class Demo(DemoControl):
    """Answers at once."""

    def __init__(self) -> None:
        self.fixed = 0

    def scenarios(self) -> tuple[()]:
        return ()

    async def scenario(self, name: str) -> None:
        raise AssertionError(name)

    async def calm(self) -> None:
        return None

    async def deploy_fix(self) -> None:
        self.fixed += 1

    async def roll_back(self) -> None:
        self.fixed -= 1

    async def state(self) -> DemoState:
        return DemoState("", None, bool(self.fixed), (), 3, 1)


def focus() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def test_that_f6_goes_round_all_panes_and_the_demo_strip(stage: Stage) -> None:
    window, page = watching(stage)
    window.show_demo(Demo())
    strip = window.findChild(DemoStrip)
    assert strip is not None
    stage.bot.waitUntil(strip.isVisible)
    page.table.setFocus()
    seen = [focus()]
    for _ in range(6):
        QTest.keyClick(focus(), Qt.Key.Key_F6)
        seen.append(focus())
    assert page.detail.stack is not None
    assert seen[:3] == [page.table, page.field, page.detail.stack.scene]
    assert strip.isAncestorOf(seen[3])
    assert seen[4:] == [window.sidebar.buttons["watch"], page.bar.search, page.table]
    QTest.keyClick(focus(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert focus() is page.bar.search


def test_that_esc_clears_a_search_and_then_leaves_it(stage: Stage) -> None:
    _, page = watching(stage)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Slash)
    QTest.keyClicks(page.field, "ship")
    assert page.model.rowCount() < 13
    QTest.keyClick(page.field, Qt.Key.Key_Escape)
    assert (page.field.text(), page.field.hasFocus()) == ("", True)
    QTest.keyClick(page.field, Qt.Key.Key_Escape)
    assert focus() is page.table


def test_that_the_focus_comes_back_to_the_page_when_what_had_it_is_gone(stage: Stage) -> None:
    window, page = watching(stage)
    page.table.setFocus()
    window.show_demo(Demo())
    strip = window.findChild(DemoStrip)
    assert strip is not None
    stage.bot.waitUntil(strip.isVisible)
    for gone in (strip.fix.hide, strip.hide):
        strip.fix.show()
        strip.fix.setFocus()
        assert focus() is strip.fix
        gone()
        stage.bot.waitUntil(lambda: focus() is page.table or strip.isAncestorOf(focus()))
    assert focus() is page.table


def test_that_deploying_the_fix_keeps_the_focus(stage: Stage) -> None:
    window, _ = watching(stage)
    demo = Demo()
    window.show_demo(demo)
    strip = window.findChild(DemoStrip)
    assert strip is not None
    stage.bot.waitUntil(strip.fix.isVisible)
    strip.fix.setFocus()
    QTest.keyClick(strip.fix, Qt.Key.Key_Space)
    QTest.keyClick(strip.fix, Qt.Key.Key_Space)
    stage.bot.waitUntil(lambda: strip.fix.text() == "Roll the fix back")
    assert focus() is strip.fix
    assert demo.fixed == 1, "a second press while it was under way did nothing"
