"""One dead letter whole, whatever bytes it has."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from adapters.api import Gone, Header, Payload
from dashboard.bridge.letters import OpenedLetter
from dashboard.core.decode import decode_body
from dashboard.core.json_tree import read_json
from dashboard.core.letters import Failure, LetterDetail
from dashboard.ui.dead_letters.source import SourcePage
from dashboard.ui.inspector.panel import Inspector
from dashboard.ui.inspector.tree import NAMED, TreeModel, named_in, shown
from dashboard.ui.places import Place
from dashboard.ui.widgets.labels import Elided
from tests.gui.conftest import Stage
from tests.gui.dead_desk import DLQ, DeadDesk, letter
from tests.gui.desk import FakeDesk

FAILED = Failure("ValidationError", "currency 'EURO' is not valid", header_names=("x-error",))


@pytest.fixture
def desk() -> FakeDesk:
    return DeadDesk()


def inspector(stage: Stage, payload: Payload | Gone, failure: Failure = FAILED) -> Inspector:
    window = stage.window()
    panel = Inspector(window.bench)
    stage.bot.addWidget(panel)
    panel.resize(384, 700)
    panel.show()
    detail = LetterDetail(letter(1), payload, failure)
    panel.show_letter(OpenedLetter(detail, decode_body(payload)), "1 of 10")
    return panel


def test_that_json_is_a_tree_with_the_named_field_marked(stage: Stage) -> None:
    body = json.dumps({"id": "ord_1", "amount": {"value": 12.50, "currency": "EURO"}}).encode()
    panel = inspector(stage, Payload(body))
    nodes = panel.body.tree.nodes
    amount = nodes.index(1, 0)
    assert amount.data() == "amount 2 fields"
    assert nodes.index(1, 0, amount).data() == 'currency "EURO", named in the failure'
    assert nodes.index(1, 0, amount).data(NAMED)
    assert not nodes.index(0, 0).data(NAMED)
    assert nodes.parent(nodes.index(1, 0, amount)) == amount


def test_that_v_goes_round_all_views_of_the_message(stage: Stage) -> None:
    panel = inspector(stage, Payload(b'{"a": 1}'))
    seen = []
    for _ in range(6):
        seen.append(
            (panel.tabs.currentIndex(), panel.body.ways.value() if not panel.tabs.currentIndex() else "")
        )
        panel.next_tab()
    assert seen == [(0, "tree"), (0, "text"), (0, "hex"), (1, ""), (2, ""), (0, "tree")]


def test_that_bytes_that_are_no_text_are_shown_in_hex_with_the_reason(stage: Stage) -> None:
    panel = inspector(stage, Payload(bytes(range(256))))
    assert panel.body.hex.isVisible()
    assert panel.body.trouble.text() == "It is not UTF-8 from byte 128 on."
    assert panel.body.hex.line(8)[1:] == ("40 41 42 43 44 45 46 47", "@ABCDEFG")
    assert panel.body.hex.lines == 32
    assert not panel.body.ways.button("tree").isEnabled()


def test_that_steering_characters_never_reach_a_widget_raw(stage: Stage) -> None:
    evil = "\x1b[31mred\u202etxt\x07"
    panel = inspector(
        stage,
        Payload(f"{evil} in a body that is mostly text".encode(), (Header("x-\x1bhead", evil.encode()),)),
        Failure(evil, evil, stack=evil, header_names=(evil,)),
    )
    panel.tabs.setCurrentIndex(1)
    index = panel.headers.table.model().index(0, 1)
    texts = [
        panel.body.text.toPlainText(),
        str(index.data()),
        panel.headers.whole.toPlainText(),
        panel.failure.stack.toPlainText(),
        panel.failure.accessibleName(),
    ]
    assert "red" in texts[0]
    assert not any(char in text for text in texts for char in "\x1b\u202e\x07")


def test_that_an_empty_body_and_a_gone_one_are_told_apart(stage: Stage) -> None:
    panel = inspector(stage, Payload(b""))
    assert panel.body.none.accessibleName().startswith("Empty, 0 bytes")
    panel = inspector(stage, Gone("the object was deleted"))
    assert "the object was deleted" in panel.body.none.accessibleName()


def test_that_a_large_body_is_cut_and_says_so(stage: Stage) -> None:
    panel = inspector(stage, Payload(b"x" * 8_000_000))
    assert panel.body.words.text() == "Text, 8,000,000 bytes, first 50,000 bytes"
    assert len(panel.body.text.toPlainText()) == 50_000


def test_that_a_tree_of_many_nodes_keeps_its_places() -> None:
    model = TreeModel()
    model.show(read_json(json.dumps([{"n": n, "deep": [n, n]} for n in range(500)])), "")
    last = model.index(499, 0)
    deep = model.index(1, 0, last)
    assert model.rowCount(deep) == 2
    assert model.index(1, 0, deep).data() == "1 499"
    assert model.parent(model.index(1, 0, deep)) == deep
    assert not model.parent(last).isValid()


def test_that_a_value_alone_is_a_line() -> None:
    model = TreeModel()
    model.show(read_json("42"), "")
    assert model.rowCount() == 1
    assert model.index(0, 0).data().strip() == "42"


def test_that_short_words_of_a_failure_name_no_field() -> None:
    assert named_in("an id of currency_code is 'EU'") == {"currency_code"}


def test_that_a_cut_container_says_what_is_missing() -> None:
    node = read_json(json.dumps(list(range(30_000))))
    assert shown(node).endswith("10,001 not shown")


def test_that_enter_on_a_value_searches_for_it_and_the_id_is_copied(stage: Stage) -> None:
    window = stage.window()
    window.go(Place("source", DLQ))
    page = window.page
    assert isinstance(page, SourcePage)
    tree = page.content.inspector.body.tree
    stage.bot.waitUntil(lambda: tree.isVisible() and tree.nodes.rowCount() == 2)
    tree.setFocus()
    tree.setCurrentIndex(tree.nodes.index(0, 0))
    QTest.keyClick(tree, Qt.Key.Key_Return)
    assert page.content.search.query() == 'body.order_id:"ord_8F2"'
    page.content.inspector._copy.click()
    assert QGuiApplication.clipboard().text() == "m00001"


def test_that_what_looks_like_html_is_shown_as_it_is(stage: Stage) -> None:
    evil = "<img src='file:///etc/hostname'> & <b>bold</b> and more words than fit into one line"
    panel = inspector(stage, Payload(b"{}"), Failure("E", evil, target=evil))
    elided = [label for label in panel.findChildren(Elided) if evil in label.text()]
    assert elided
    panel.resize(320, 700)
    panel.grab()
    tips = [label.toolTip() for label in elided]
    assert all("&lt;img" in tip and "<img" not in tip for tip in tips)
    assert "<img src=" in panel.failure.findChildren(QLabel)[1].text()
    written = [label for label in panel.findChildren(QLabel) if label.text()]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in written)


def test_that_an_ampersand_in_a_name_stays_in_the_crumbs(stage: Stage) -> None:
    window = stage.window()
    window.page.bar.set_crumbs((("R&D.dead", Place("dead")),), "Purge")
    link = next(one for one in window.page.bar.findChildren(QPushButton) if "R&&D" in one.text())
    assert link.accessibleName() == "R&D.dead"
