"""The palette and the one stylesheet of the application, both made from the tokens.

Widgets never have a sheet of their own: it would beat this one. They say what they are with dynamic properties:
`role` on labels and frames, `tone` on buttons, `ground` on panes.
"""

from string import Template

from PySide6.QtGui import QColor, QPalette

from dashboard.ui.fonts import MONO, Fonts
from dashboard.ui.tokens import Tokens

_Role = QPalette.ColorRole
_Group = QPalette.ColorGroup


def palette(tokens: Tokens) -> QPalette:
    """All roles of the palette, with the disabled group."""
    made = QPalette()
    for role, color in (
        (_Role.Window, tokens.window),
        (_Role.WindowText, tokens.text),
        (_Role.Base, tokens.surface),
        (_Role.AlternateBase, tokens.surface),
        (_Role.Text, tokens.text),
        (_Role.PlaceholderText, tokens.text3),
        (_Role.Button, tokens.raised),
        (_Role.ButtonText, tokens.text),
        (_Role.BrightText, tokens.danger),
        (_Role.Highlight, tokens.selected),
        (_Role.HighlightedText, tokens.text),
        (_Role.Link, tokens.accent),
        (_Role.LinkVisited, tokens.accent),
        (_Role.ToolTipBase, tokens.raised),
        (_Role.ToolTipText, tokens.text),
        (_Role.Light, tokens.line2),
        (_Role.Midlight, tokens.line2),
        (_Role.Mid, tokens.line2),
        (_Role.Dark, tokens.line),
        (_Role.Shadow, tokens.window),
        (_Role.Accent, tokens.accent_fill),
    ):
        made.setColor(role, QColor(color))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.HighlightedText):
        made.setColor(_Group.Disabled, role, QColor(tokens.text3))
    return made


def stylesheet(tokens: Tokens, fonts: Fonts) -> str:
    """The application's stylesheet."""
    names = {
        name: getattr(tokens, name) for name in Tokens.__slots__ if isinstance(getattr(tokens, name), str)
    }
    sizes = {f"px{size}": f"{fonts.px(size)}px" for size in (11, 12, 13, 15, 18, 24)}
    heights = {f"h{size}": f"{round(size * fonts.scale)}px" for size in (24, 25, 26, 28)}
    handle = tokens.text if tokens.mode == "dark" else tokens.surface
    return "\n".join(
        Template(sheet).substitute(names, mono=MONO, handle=handle, **sizes, **heights)
        for sheet in (_GROUNDS, _TEXTS, _BUTTONS, _FIELDS, _REST)
    )


_GROUNDS = """
QWidget { font-size: $px13; color: $text; }
QMainWindow, QWidget[ground="window"] { background: $window; }
QWidget[ground="surface"] { background: $surface; }
QWidget[ground="raised"] { background: $raised; }
QWidget[ground="sidebar"] { background: $sidebar; }
QWidget[ground="none"] { background: transparent; }
QFrame[role="line"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="line2"] { background: $line2; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="vline"] { background: $line; border: none; max-width: 1px; min-width: 1px; }
QFrame[role="block"] { background: $surface; border: 1px solid $line; border-radius: 6px; }
QFrame[role="note"] { background: $neutral_tint; border: none; border-radius: 4px; }
QFrame[role="ok"] { background: $ok_tint; border: none; border-radius: 4px; }
QFrame[role="warn"] { background: $warn_tint; border: none; border-radius: 4px; }
QFrame[role="danger"] { background: $danger_tint; border: none; border-radius: 4px; }
QFrame[role="info"] { background: $info_tint; border: none; border-radius: 4px; }
QFrame[role="overlay"] { background: $surface; border: 1px solid $line2; border-radius: 8px; }
QFrame[role="toast"] { background: $raised; border: 1px solid $line2; border-radius: 6px; }
QFrame[role="production"] { background: $production_tint; border: 1px solid $production; border-radius: 6px; }
QFrame[role="staging"] { background: $staging_tint; border: 1px solid $staging; border-radius: 6px; }
QFrame[role="development"] { background: $development_tint; border: 1px solid $development; border-radius: 6px; }
QFrame[role="code"] { background: $window; border: 1px solid $line; border-radius: 3px; }
"""

_TEXTS = """
QLabel { background: transparent; border: none; }
QLabel[role="first"] { font-size: $px24; font-weight: 600; }
QLabel[role="headline"] { font-size: $px18; font-weight: 600; }
QLabel[role="title"] { font-size: $px15; font-weight: 600; }
QLabel[role="section"] { font-size: $px13; font-weight: 600; }
QLabel[role="source"] { font-size: $px13; font-weight: 500; }
QLabel[role="body"] { font-size: $px13; color: $text; }
QLabel[role="why"] { font-size: $px13; color: $text2; }
QLabel[role="second"] { font-size: $px12; color: $text2; }
QLabel[role="small"] { font-size: $px11; color: $text3; }
QLabel[role="mono"] { font-family: "$mono"; font-size: $px12; }
QLabel[role="figure"] { font-size: $px15; font-weight: 600; }
QLabel[tone="second"] { color: $text2; }
QLabel[tone="third"] { color: $text3; }
QLabel[tone="ok"] { color: $ok; }
QLabel[tone="warn"] { color: $warn; }
QLabel[tone="danger"] { color: $danger; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="production"] { color: $production; }
QLabel[tone="staging"] { color: $staging; }
QLabel[tone="development"] { color: $development; }
QLabel[role="key"] { font-size: $px11; font-weight: 500; color: $text2; background: $surface;
    border: 1px solid $line2; border-radius: 3px; padding: 0px 4px; }
"""

_BUTTONS = """
QPushButton { font-size: $px12; font-weight: 500; color: $text; background: $raised; border: 1px solid $line2;
    border-radius: 4px; padding: 0px 11px; min-height: $h26; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $selected; }
QPushButton:focus { border: 2px solid $accent; padding: 0px 10px; min-height: $h24; }
QPushButton:disabled { color: $text3; background: $raised; border-color: $line2; }
QPushButton[tone="primary"] { color: $on_fill; background: $accent_fill; border-color: $accent_fill; }
QPushButton[tone="primary"]:focus { border: 2px solid $text; }
QPushButton[tone="danger"] { color: $danger; border-color: $danger; background: transparent; }
QPushButton[tone="danger-final"] { color: $on_fill; background: $danger_fill; border-color: $danger_fill; }
QPushButton[tone="danger-final"]:focus { border: 2px solid $text; }
QPushButton[tone="primary"]:disabled, QPushButton[tone="danger"]:disabled, QPushButton[tone="danger-final"]:disabled {
    color: $text3; background: $raised; border-color: $line2; }
QPushButton[tone="ghost"] { background: transparent; border-color: transparent; }
QPushButton[tone="ghost"]:hover { background: $hover; }
QPushButton[tone="ghost"]:focus { border-color: $accent; }
QPushButton[tone="link"] { color: $accent; background: transparent; border-color: transparent; padding: 0px 3px; }
QPushButton[tone="link"]:focus { border: 2px solid $accent; padding: 0px 2px; }
QPushButton[tone="link"]:disabled { color: $text3; }
QPushButton[tone="icon"] { background: transparent; border-color: transparent; padding: 0px; min-width: 24px;
    min-height: 24px; }
QPushButton[tone="icon"]:hover { background: $hover; }
QPushButton[tone="icon"]:focus { border: 2px solid $accent; }
QPushButton[tone="segment"] { font-weight: 400; color: $text2; border-radius: 0px; border-color: $line2; }
QPushButton[tone="segment"]:checked { font-weight: 500; color: $text; background: $hover; border-bottom: 2px solid $accent;
    min-height: $h25; }
QPushButton[tone="segment"]:focus { border: 2px solid $accent; padding: 0px 10px; min-height: $h24; }
QPushButton[tone="segment"][environment="production"]:checked { color: $production; background: $production_tint;
    border-bottom: 2px solid $production; }
QPushButton[tone="segment"][environment="staging"]:checked { color: $staging; background: $staging_tint;
    border-bottom: 2px solid $staging; }
"""

_FIELDS = """
QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QDoubleSpinBox { font-size: $px12; color: $text; background: $surface;
    border: 1px solid $control; border-radius: 4px; padding: 0px 8px; min-height: $h26;
    selection-background-color: $selected; selection-color: $text; }
QPlainTextEdit { padding: 4px; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus {
    border: 2px solid $accent; padding: 0px 7px; min-height: $h24; }
QPlainTextEdit:focus { padding: 3px; }
QLineEdit:disabled, QComboBox:disabled { color: $text3; border-color: $line2; }
QLineEdit:read-only { color: $text2; border-color: $line2; }
QLineEdit[role="mono"], QPlainTextEdit[role="mono"] { font-family: "$mono"; }
QLineEdit[role="bare"] { border: none; background: transparent; padding: 0px; }
QLineEdit[role="bare"]:focus { border: none; padding: 0px; min-height: $h26; }
QFrame[role="field"] { background: $surface; border: 1px solid $control; border-radius: 4px; }
QFrame[role="field"][focused="true"] { border: 2px solid $accent; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line2; selection-background-color: $selected;
    selection-color: $text; outline: 0; }
QCheckBox, QRadioButton { font-size: $px12; spacing: 8px; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $control;
    border-radius: 3px; background: $surface; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked, QRadioButton::indicator:checked { background: $accent_fill; border-color: $accent_fill; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent; width: 12px; height: 12px; }
QCheckBox:disabled, QRadioButton:disabled { color: $text3; }
QSlider::groove:horizontal { height: 4px; background: $line2; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent_fill; border-radius: 2px; }
QSlider::handle:horizontal { width: 10px; height: 10px; margin: -5px 0px; border: 2px solid $accent_fill;
    border-radius: 7px; background: $handle; }
QSlider { border: 2px solid transparent; border-radius: 4px; }
QSlider:focus { border-color: $accent; }
"""

_REST = """
QHeaderView { background: $raised; border: none; }
QHeaderView::section { background: $raised; color: $text3; font-size: $px11; font-weight: 400; border: none;
    border-bottom: 1px solid $line; padding: 0px 8px; }
QHeaderView::section:first { padding-left: 16px; }
QTreeView::item { height: $h24; }
QTreeView::item:selected { background: $selected; color: $text; }
QTreeView::item:hover { background: $hover; }
QAbstractScrollArea { background: $surface; border: none; }
QAbstractScrollArea[ground="window"] { background: $window; }
QScrollArea:focus { border: 1px solid $accent; }
QTableView, QTreeView, QListView { background: $surface; border: 1px solid transparent; outline: 0; font-size: $px12; }
QTableView:focus, QTreeView:focus, QListView:focus { border: 1px solid $accent; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { width: 10px; background: transparent; margin: 0px; }
QScrollBar:horizontal { height: 10px; background: transparent; margin: 0px; }
QScrollBar::handle { background: $line2; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: $control; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0px; height: 0px; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $line2; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:horizontal { width: 1px; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { font-size: $px12; color: $text2; background: transparent; border: none; padding: 0px 12px;
    min-height: $h28; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected:focus { background: $selected; color: $accent; border: 2px solid $accent; padding: 0px 10px; }
QToolTip { font-size: $px12; color: $text; background: $raised; border: 1px solid $line2; padding: 4px 6px; }
QMenu { background: $raised; border: 1px solid $line2; padding: 4px 0px; font-size: $px12; }
QMenu::item { padding: 6px 24px 6px 12px; background: transparent; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $text3; }
QMenu::separator { height: 1px; background: $line; margin: 4px 0px; }
QProgressBar { background: $line; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
"""
