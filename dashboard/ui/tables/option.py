"""Where a delegate paints, and in which state.

The stubs of PySide6 6.9 leave out the members of a style option, those of 6.12 have them.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem


def box_of(option: QStyleOptionViewItem) -> QRect:
    """The cell's box in pixels of the view."""
    known: Any = option
    box: QRect = known.rect
    return box


def state_of(option: QStyleOptionViewItem) -> QStyle.StateFlag:
    """Selected, hovered, enabled and so on."""
    known: Any = option
    state: QStyle.StateFlag = known.state
    return state
