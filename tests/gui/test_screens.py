from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from dashboard.core.fleet import FleetSnapshot
from dashboard.ui.connect.overlay import ConnectOverlay
from dashboard.ui.journal.page import JournalPage
from dashboard.ui.places import Place
from dashboard.ui.shell.keymap import KeyMap
from dashboard.ui.tokens import THEMES, Mode
from dashboard.ui.watch.page import WatchPage
from dashboard.ui.window import Window
from tests.gui.conftest import Stage
from tests.gui.desk import NOW, fleet

SIZES = [(1440, 900), (1280, 800)]


def watching(stage: Stage, width: int = 1440, height: int = 900) -> tuple[Window, WatchPage]:
    window = stage.window(width, height)
    page = window.page
    assert isinstance(page, WatchPage)
    stage.mail.post("fleet", fleet())
    stage.bot.waitUntil(
        lambda: page.detail.stack is not None and bool(page.detail.stack.charts["depth"].drawn)
    )
    return window, page


@pytest.mark.parametrize("mode", ["dark", "light"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_that_watch_is_drawn_in_both_themes_and_sizes(
    stage: Stage, tmp_path: Path, mode: Mode, width: int, height: int
) -> None:
    window, page = watching(stage, width, height)
    picture = window.grab()
    assert picture.save(str(tmp_path / f"watch-{mode}-{width}.png"))
    image = picture.toImage()
    assert (image.width(), image.height()) == (width, height)
    tokens = THEMES[mode]
    assert image.pixelColor(2, height - 40).name().upper() == tokens.sidebar.upper()
    table = page.table.mapTo(window, page.table.rect().bottomLeft())
    assert image.pixelColor(table.x() + 40, table.y() - 4).name().upper() == tokens.surface.upper()
    assert page.table.horizontalHeader().length() <= page.table.viewport().width()


def test_that_a_gap_is_hatched_and_no_line_crosses_it(stage: Stage) -> None:
    _, page = watching(stage)
    assert page.detail.stack is not None
    chart = page.detail.stack.charts["depth"]
    assert len(chart.data.gaps) >= 1
    start, end = chart.data.gaps[0]
    _, times, values = chart.drawn[0]
    inside = [value for at, value in zip(times.tolist(), values.tolist(), strict=True) if start < at < end]
    assert all(value != value for value in inside)  # noqa: PLR0124  NaN differs from itself


def test_that_the_crosshair_reads_all_charts_and_l_goes_back_to_live(stage: Stage) -> None:
    _, page = watching(stage)
    stack = page.detail.stack
    assert stack is not None
    stack.scene.setFocus()
    QTest.keyClick(stack.scene, Qt.Key.Key_Left)
    assert "in" in stack.charts["rates"].title.readout
    QTest.keyClick(stack.scene, Qt.Key.Key_L)
    assert stack.charts["rates"].title.readout == ""
    assert stack.as_table().startswith("chart\tline\ttime\tvalue\nWaiting\t\t2026-")


def test_that_the_theme_changes_while_the_window_is_open(stage: Stage) -> None:
    window, _ = watching(stage)
    QTest.keyClick(
        window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert stage.look.tokens.mode == "light"
    assert window.grab().toImage().pixelColor(2, 860).name().upper() == THEMES["light"].sidebar


def test_that_letters_move_in_the_table_over_section_rows(stage: Stage) -> None:
    _, page = watching(stage)
    page.table.setFocus()
    rows = []
    for _ in range(4):
        QTest.keyClick(page.table, Qt.Key.Key_J)
        rows.append(page.table.currentIndex().row())
    assert rows == [2, 4, 5, 6]
    QTest.keyClick(page.table, Qt.Key.Key_Home)
    assert page.table.currentIndex().row() == 1
    QTest.keyClick(page.table, Qt.Key.Key_End)
    assert page.table.currentIndex().row() == page.model.rowCount() - 1


def test_that_a_chosen_source_stays_chosen_when_the_order_changes(stage: Stage) -> None:
    _, page = watching(stage)
    page.table.select_row(page.model.row_of(("orders", "TELEMETRY")))
    assert page.detail.accessibleName() == "TELEMETRY of orders"
    snapshot = fleet()
    stage.mail.post("fleet", FleetSnapshot(NOW, snapshot.connections, snapshot.rows[:1] + snapshot.rows[6:]))
    stage.bot.waitUntil(lambda: page.model.rowCount() < 13)
    assert page.table.currentIndex().row() == page.model.row_of(("orders", "TELEMETRY"))


def test_that_the_first_run_offers_the_demo_and_an_address(stage: Stage) -> None:
    window = stage.window()
    page = window.page
    assert isinstance(page, WatchPage)
    stage.mail.post("fleet", FleetSnapshot(NOW))
    stage.bot.waitUntil(page.first.isVisible)
    assert QApplication.focusWidget() is page.first.field
    page.first.field.setText("nats://127.0.0.1:4222")
    QTest.keyClick(page.first.field, Qt.Key.Key_Return)
    overlay = window.findChild(ConnectOverlay)
    assert overlay is not None
    assert overlay.address.text() == "nats://127.0.0.1:4222"


def test_that_the_journal_reads_pages_and_says_when_nothing_matches(stage: Stage) -> None:
    window = stage.window()
    window.go(Place("journal"))
    page = window.page
    assert isinstance(page, JournalPage)
    stage.bot.waitUntil(lambda: page.model.rowCount() >= 230)
    QTest.keyClick(page.table, Qt.Key.Key_End)
    stage.bot.waitUntil(lambda: page.model.record(229) is not None)
    page.field.setText("no such run")
    stage.bot.waitUntil(
        lambda: "No entry matches" in [one.text() for one in page.findChildren(QLabel) if one.isVisible()]
    )


def test_that_escape_closes_only_what_lies_on_top(stage: Stage) -> None:
    window, _ = watching(stage)
    QTest.keyClick(window, Qt.Key.Key_Question)
    keymap = window.findChild(KeyMap)
    assert keymap is not None
    QTest.keyClick(keymap.field, Qt.Key.Key_Escape)
    assert not keymap.isVisible()
    assert window.isVisible()
    assert QApplication.focusWidget() is not None


@pytest.mark.parametrize("place", [Place("watch"), Place("journal")])
def test_that_what_can_have_the_focus_has_a_name(stage: Stage, place: Place) -> None:
    window, _ = watching(stage)
    window.go(place)
    nameless = [
        f"{type(one).__name__} {one.objectName()}"
        for one in window.findChildren(QWidget)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and isinstance(one, QAbstractButton | QLineEdit)
        and not (one.accessibleName() or (isinstance(one, QAbstractButton) and one.text()))
    ]
    assert nameless == []


def test_that_labels_never_take_text_for_markup(stage: Stage) -> None:
    window, _ = watching(stage)
    formats = {one.textFormat() for one in window.findChildren(QLabel)}
    assert formats <= {Qt.TextFormat.PlainText, Qt.TextFormat.AutoText}
    loose = [
        one.text()
        for one in window.findChildren(QLabel)
        if one.textFormat() == Qt.TextFormat.AutoText and one.text()
    ]
    assert loose == []
