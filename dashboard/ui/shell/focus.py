"""Where the keys go: round the panes, out of a search, and back to the page when what had them is gone."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from shiboken6 import isValid

from dashboard.ui.page import Page

_TAB = Qt.FocusPolicy.TabFocus


def takes_keys(widget: QWidget) -> bool:
    """Whether a person can reach it with Tab now."""
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & _TAB)


def landing(pane: QWidget) -> QWidget | None:
    """What gets the focus in a pane: itself, else what is chosen in it, else the first that can have it."""
    if takes_keys(pane):
        return pane
    inside = [one for one in pane.findChildren(QWidget) if takes_keys(one)]
    chosen = (one for one in inside if isinstance(one, QAbstractButton) and one.isChecked())
    return next(chosen, inside[0] if inside else None)


class FocusKeeper(QObject):
    """Follows the focus for one window. `around()` are the panes before the page and those after it."""

    def __init__(
        self,
        window: QWidget,
        page: Callable[[], QWidget | None],
        around: Callable[[], tuple[Sequence[QWidget], Sequence[QWidget]]],
    ) -> None:
        super().__init__(window)
        self._page = page
        self._around = around
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._changed)

    def go_round(self, by: int) -> None:
        """Goes to the next pane (1) or the one before (-1)."""
        page = self._page()
        before, after = self._around()
        inside = page.panes() if isinstance(page, Page) else ()
        # A page may name one thing twice, where it stands in for another.
        named = dict.fromkeys((*before, *inside, *after))
        panes = [pane for pane in named if pane.isVisible() and landing(pane) is not None]
        if not panes:
            return
        target = landing(panes[(self._place(panes) + by) % len(panes)])
        if target is not None:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _place(self, panes: Sequence[QWidget]) -> int:
        """The pane that has the focus; else the one that Tab would have come from."""
        focus = here = QApplication.focusWidget()
        while here is not None:
            around = [place for place, pane in enumerate(panes) if pane is here or pane.isAncestorOf(here)]
            exact = [place for place in around if panes[place] is here]
            if around:
                return (exact or around)[-1]
            here = here.previousInFocusChain()
            if here is focus:
                break
        return 0

    def leave_search(self) -> bool:
        """Esc in a page's search: clears it, else goes to the page's main pane; whether there was a search to leave."""
        page = self._page()
        field = page.search_field() if isinstance(page, Page) else None
        if not isinstance(page, Page) or field is None or not field.hasFocus():
            return False
        if field.text():
            field.clear()
        else:
            page.focus_main()
        return True

    def _changed(self, old: QWidget | None, new: QWidget | None) -> None:
        page = self._page()
        if not isinstance(page, Page) or new is None or not isValid(page):
            return
        if page.isAncestorOf(new):
            page.last_focus = new
        elif old is not None and isValid(old) and not (old.isVisible() and old.isEnabled()):
            # Qt hands the focus to whatever comes next, where a key from habit does something else.
            QTimer.singleShot(0, self, lambda: self._bring_back(new))

    def _bring_back(self, to: QWidget) -> None:
        page = self._page()
        if isinstance(page, Page) and isValid(to) and QApplication.focusWidget() is to:
            page.restore_focus()
