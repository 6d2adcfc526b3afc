from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from adapters.api import Environment
from dashboard.core.fleet import FleetSnapshot
from dashboard.ui.dead_letters import letters_table
from dashboard.ui.places import Place
from dashboard.ui.shell.rows import ConnectionButton, short_names
from dashboard.ui.watch import words
from dashboard.ui.watch.widths import widths
from tests.gui.conftest import Stage
from tests.gui.desk import NOW, fleet, row
from tests.gui.test_screens import watching


@pytest.mark.parametrize("room", [952, 976, 1100, 1208, 1232, 1600])
def test_that_names_keep_their_room_and_the_needed_columns_stay(room: int) -> None:
    found = widths(room)
    assert sum(found) <= room
    assert found[words.NAME] >= 200
    assert all(found[column] for column in (words.WAITING, words.VERDICT, words.DEAD, words.CONSUMERS))
    assert bool(found[words.NET]) != bool(found[words.OUT])


def test_that_the_net_rate_is_unknown_where_one_side_is() -> None:
    assert words.cell_words(row("a", 5, rates=(412, 361)), words.NET) == "+51"
    assert words.cell_words(row("a", 5, rates=(412, float("nan"))), words.NET) == "unknown"


def test_that_equal_names_of_two_connections_differ_on_watch(stage: Stage) -> None:
    window, page = watching(stage)
    one = fleet()
    twins = (row("ORDERS", 5), row("ORDERS", 5, at="payments"))
    stage.mail.post("fleet", FleetSnapshot(NOW, one.connections, twins))
    stage.bot.waitUntil(lambda: page.model.rowCount() == 6)
    spoken = [
        str(page.model.index(line, 1).data(Qt.ItemDataRole.AccessibleTextRole))
        for line in range(page.model.rowCount())
    ]
    assert sum("orders, production" in text for text in spoken) == 1
    places = [page.model.row_of((at, "ORDERS")) for at in ("orders", "payments")]
    page.table.select_row(0)
    boxes = [page.table.visualRect(page.model.index(place, words.NAME)) for place in places]
    pictures = [page.table.viewport().grab(box).toImage() for box in boxes]
    assert pictures[0] != pictures[1]
    stage.mail.post("fleet", FleetSnapshot(NOW, one.connections[:1], twins[:1]))
    stage.bot.waitUntil(lambda: page.cells.one_connection)
    assert window.isVisible()


def test_that_short_names_tell_connections_apart() -> None:
    assert short_names(["orders", "prodeu", "produs", "x"]) == {
        "orders": "orde",
        "prodeu": "preu",
        "produs": "prus",
        "x": "x",
    }


def test_that_the_sidebar_shows_the_connection_that_watch_is_narrowed_to(stage: Stage) -> None:
    window, _ = watching(stage)
    rows = {one.view.connection.name: one for one in window.findChildren(ConnectionButton)}
    QTest.mouseClick(rows["staging"], Qt.MouseButton.LeftButton)
    assert [name for name, one in rows.items() if one.isChecked()] == ["staging"]
    QTest.mouseClick(rows["staging"], Qt.MouseButton.LeftButton)
    assert rows["staging"].isChecked()
    window.go(Place("watch"))
    assert not any(one.isChecked() for one in rows.values())


def test_that_a_row_of_the_sidebar_is_painted_anew_when_the_pointer_leaves(stage: Stage) -> None:
    window, _ = watching(stage)
    button = window.sidebar.buttons["journal"]
    assert button.testAttribute(Qt.WidgetAttribute.WA_Hover)
    calm = button.grab().toImage()
    at = QPointF(5, 5)
    QApplication.sendEvent(button, QEnterEvent(at, at, at))
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    assert button.grab().toImage() != calm
    QApplication.sendEvent(button, QEvent(QEvent.Type.Leave))
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    assert button.grab().toImage() == calm


def test_that_a_name_says_where_it_is_under_the_pointer() -> None:
    here = replace(row("ORDERS", 5), environment=Environment.STAGING)
    assert words.tip(here, words.NAME) == "ORDERS\norders, staging"


def test_that_a_title_is_whole_beside_the_sign_of_its_order(stage: Stage) -> None:
    metrics = QFontMetrics(stage.look.fonts.get("small"))
    padding, sign = 16, 16
    cut = [
        title
        for title, width in zip(letters_table.COLUMNS, letters_table.WIDTHS, strict=True)
        if title and metrics.horizontalAdvance(title) + padding + sign > width
    ]
    assert cut == []
