from __future__ import annotations

import pytest
from PySide6.QtGui import QTextLayout
from PySide6.QtWidgets import QApplication

from dashboard.ui import fonts
from dashboard.ui.fonts import Fonts, Role
from dashboard.ui.theme import palette, stylesheet
from dashboard.ui.tokens import DARK, LIGHT, Tokens

GROUNDS = ("window", "sidebar", "surface", "raised", "hover", "selected")
TEXTS = ("text", "text2", "text3", "accent", "ok", "warn", "danger", "production", "staging", "development")
PILLS = (
    ("ok", "ok_tint"),
    ("warn", "warn_tint"),
    ("danger", "danger_tint"),
    ("accent", "info_tint"),
    ("text2", "neutral_tint"),
    ("production", "production_tint"),
    ("staging", "staging_tint"),
    ("development", "development_tint"),
    ("on_fill", "accent_fill"),
    ("on_fill", "danger_fill"),
)


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_that_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def drawn(text: str, role: Role) -> list[int]:
    """The glyphs that stand for a text."""
    laid = QTextLayout(text, Fonts().get(role))
    laid.beginLayout()
    laid.createLine()
    laid.endLayout()
    return [glyph for run in laid.glyphRuns() for glyph in run.glyphIndexes()]


@pytest.mark.parametrize("role", ["mono", "body", "table"])
@pytest.mark.parametrize("text", ["<=>", "->", "!=", "10x20", "://", "fi"])
def test_that_each_sign_is_drawn_as_if_it_stood_alone(qapp: QApplication, role: Role, text: str) -> None:
    fonts.load()
    assert drawn(text, role) == [glyph for sign in text for glyph in drawn(sign, role)]


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
class TestContrast:
    def test_that_text_can_be_read_on_every_ground(self, tokens: Tokens) -> None:
        weak = [
            (text, ground, round(contrast(getattr(tokens, text), getattr(tokens, ground)), 2))
            for text in TEXTS
            for ground in GROUNDS
            if contrast(getattr(tokens, text), getattr(tokens, ground)) < 4.45
        ]
        assert weak == []

    def test_that_words_can_be_read_on_their_tint(self, tokens: Tokens) -> None:
        weak = [
            (ink, tint) for ink, tint in PILLS if contrast(getattr(tokens, ink), getattr(tokens, tint)) < 4.5
        ]
        assert weak == []

    def test_that_edges_of_controls_can_be_seen(self, tokens: Tokens) -> None:
        for edge in (tokens.control, tokens.accent):
            assert contrast(edge, tokens.surface) >= 3

    def test_that_lines_of_charts_can_be_seen_and_read(self, tokens: Tokens) -> None:
        assert min(contrast(line, tokens.surface) for line in (*tokens.series, tokens.waiting)) >= 4.5

    def test_that_the_stylesheet_has_no_name_left_open(self, tokens: Tokens) -> None:
        sheet = stylesheet(tokens, Fonts(1.15))
        assert "$" not in sheet
        assert tokens.accent_fill in sheet

    def test_that_disabled_text_is_quieter_and_not_faded(self, tokens: Tokens) -> None:
        made = palette(tokens)
        color = made.color(made.ColorGroup.Disabled, made.ColorRole.ButtonText)
        assert color.name().upper() == tokens.text3
