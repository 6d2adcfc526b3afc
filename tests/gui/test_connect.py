from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from adapters.api import ConfigError, Environment
from dashboard.ui.connect.form import build, fill, kind_of
from dashboard.ui.connect.overlay import ConnectOverlay
from tests.gui.conftest import Stage
from tests.gui.desk import NATS, unreachable


def opened(stage: Stage, url: str = "") -> ConnectOverlay:
    window = stage.window()
    window.connect_to(url)
    overlay = window.findChild(ConnectOverlay)
    assert overlay is not None
    return overlay


def test_that_a_pasted_address_fills_the_form_and_keeps_its_secret_apart(stage: Stage) -> None:
    overlay = opened(stage, "nats://ops:se:cret@orders-eu.example:4333")
    assert overlay.address.text() == "nats://orders-eu.example:4333"
    assert overlay.name.text() == "orders-eu.example:4333"
    assert overlay.form is not None
    assert overlay.form.values()["user"] == "ops"
    connection, secrets = overlay.connection()
    assert "cret" not in repr(connection)
    assert secrets["password"].reveal() == "se:cret"
    assert "Password" in overlay.trouble.text()


def test_that_only_loopback_has_a_default_environment(stage: Stage) -> None:
    overlay = opened(stage, "nats://orders-eu.example:4222")
    assert overlay.environment.value() is None
    assert not overlay.save_button.isEnabled()
    assert "environment" in overlay.save_button.toolTip()
    overlay.close_overlay()
    local = opened(stage, "nats://127.0.0.1:4222")
    assert local.environment.value() is Environment.DEVELOPMENT
    assert local.save_button.isEnabled()
    assert not local.read_only.isChecked()


def test_that_production_is_read_only_unless_turned_off(stage: Stage) -> None:
    overlay = opened(stage, "nats://orders-eu.example:4222")
    overlay.environment.button(Environment.PRODUCTION).click()
    assert overlay.read_only.isChecked()
    overlay.read_only.click()
    connection, _ = overlay.connection()
    assert not connection.read_only
    overlay.environment.button(Environment.STAGING).click()
    assert not overlay.read_only.isChecked()


def test_that_a_test_shows_its_findings_and_is_forgotten_on_a_change(stage: Stage) -> None:
    overlay = opened(stage, "nats://127.0.0.1:4222")
    overlay.test()
    stage.bot.waitUntil(lambda: "7 streams" in overlay.result.headline.text())
    overlay.name.setText("x")
    overlay.address.setText("nats://127.0.0.1:4223")
    assert "7 streams" not in overlay.result.headline.text()


def test_that_a_test_that_cannot_be_done_says_what_to_do(stage: Stage) -> None:
    stage.desk.refuse = unreachable()
    overlay = opened(stage, "nats://127.0.0.1:4222")
    overlay.test()
    stage.bot.waitUntil(
        lambda: overlay.result.headline.text() == "orders:4222 cannot be reached. Check the address."
    )


def test_that_saving_hands_over_the_connection_and_closes(stage: Stage) -> None:
    overlay = opened(stage, "nats://127.0.0.1:4222")
    with stage.bot.waitSignal(overlay.closed):
        overlay.save()
    connection, secrets = stage.desk.saved[0]
    assert (connection.name, connection.environment) == ("127.0.0.1:4222", Environment.DEVELOPMENT)
    assert secrets == {}


def test_that_an_address_that_cannot_be_read_is_said_and_kept(stage: Stage) -> None:
    overlay = opened(stage, "nats://orders:port")
    assert overlay.address.text() == "nats://orders:port"
    assert "cannot be read" in overlay.trouble.text()


def test_that_the_focus_begins_in_the_address_and_stays_inside(stage: Stage) -> None:
    overlay = opened(stage)
    assert QApplication.focusWidget() is overlay.address
    seen = set()
    for _ in range(40):
        overlay.focusNextPrevChild(True)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert overlay.isAncestorOf(focus)
        seen.add(focus)
    assert {overlay.name, overlay.read_only} <= seen
    assert any(isinstance(one, QLineEdit) and one.accessibleName() == "Password" for one in seen)


@pytest.mark.parametrize(
    ("url", "first"),
    [
        ("nats://orders-eu.example:4222", Environment.PRODUCTION),
        ("nats://127.0.0.1:4222", Environment.DEVELOPMENT),
    ],
)
def test_that_tab_leads_to_the_chosen_environment_and_back_to_it(
    stage: Stage, url: str, first: Environment
) -> None:
    overlay = opened(stage, url)
    button = overlay.environment.button(first)
    overlay.name.setFocus()
    for _ in range(2):
        QTest.keyClick(overlay.name, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is button
        QTest.keyClick(button, Qt.Key.Key_Tab)
        assert overlay.read_only.hasFocus()
        QTest.keyClick(overlay.read_only, Qt.Key.Key_Backtab)
        assert QApplication.focusWidget() is button
        QTest.keyClick(button, Qt.Key.Key_Backtab)
        assert overlay.name.hasFocus()


def test_that_a_button_is_named_by_the_words_it_shows(stage: Stage) -> None:
    overlay = opened(stage, "nats://127.0.0.1:4222")
    overlay.test()
    stage.bot.waitUntil(lambda: overlay.test_button.text() == "Test again")
    assert overlay.test_button.accessibleName() == "Test again"


def test_that_nothing_becomes_a_window_of_its_own(stage: Stage) -> None:
    overlay = opened(stage, "nats://ops:secret@127.0.0.1:4222?creds=/tmp/a.creds")
    overlay.test()
    stage.bot.waitUntil(lambda: "7 streams" in overlay.result.headline.text())
    window = overlay.window_below.window()
    windows = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
    assert windows == [window]
    assert QApplication.focusWidget() is overlay.address


def test_that_a_default_is_not_stored_and_a_reference_is_no_secret() -> None:
    connection, secrets = build(
        NATS,
        address="orders.example",
        name="",
        values={"tls_verify": "true", "password": "${NATS_PASSWORD}", "creds": " /tmp/x.creds "},
        environment=Environment.STAGING,
        read_only=False,
    )
    assert connection.url == "nats://orders.example"
    assert connection.options == {"password": "${NATS_PASSWORD}", "creds": "/tmp/x.creds"}
    assert secrets == {}


@pytest.mark.parametrize("text", ["nats://a b", "nats://host:99999999", "nats://"])
def test_that_bad_addresses_are_refused_without_their_secrets(text: str) -> None:
    with pytest.raises(ConfigError):
        fill(text, NATS)


def test_that_the_kind_is_read_from_the_scheme() -> None:
    assert kind_of("tls://host", [NATS]) is NATS
    assert kind_of("amqp://host", [NATS]) is None


def test_that_a_pasted_secret_leaves_the_address_at_once(stage: Stage) -> None:
    overlay = opened(stage)
    overlay.address.insert("nats://ops:se:cret@orders-eu.example:4333")
    assert overlay.address.text() == "nats://orders-eu.example:4333"
    assert overlay.address.hasFocus()
    assert "Password" in overlay.trouble.text()
    _, secrets = overlay.connection()
    assert secrets["password"].reveal() == "se:cret"


def test_that_the_trouble_of_one_address_is_not_said_of_the_next(stage: Stage) -> None:
    overlay = opened(stage)
    form = overlay.name.mapTo(overlay, overlay.name.rect().topLeft())
    overlay.address.setText("nats://a b")
    QTest.keyClick(overlay.address, Qt.Key.Key_Tab)
    assert overlay.trouble.text()
    assert overlay.address.accessibleDescription() == overlay.trouble.text()
    assert overlay.name.mapTo(overlay, overlay.name.rect().topLeft()) == form, "nothing moved"
    overlay.address.setFocus()
    QTest.keyClicks(overlay.address, "c")
    assert overlay.trouble.text() == ""
