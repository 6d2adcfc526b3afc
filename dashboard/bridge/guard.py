"""Start-up guards: a pair of Python and PySide6 that is known to break is refused, and no error in a slot is lost."""

import logging
import re
import sys
from collections.abc import Callable
from types import TracebackType

_log = logging.getLogger(__name__)

Version = tuple[int, ...]
Trouble = Callable[[BaseException], None]

_LAYOUT_DEFECTS = ((6, 11, 0), (6, 11, 1))


def version(text: str) -> Version:
    """The leading numbers of a version: "6.9.3" is (6, 9, 3), "6.10.0a1" is (6, 10, 0)."""
    found = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def bad_pair(python: Version, qt: Version) -> str:
    """Why this pair is refused, in one line; empty when it is good.

    PySide6 6.10 and newer drop one reference of `None` per callback on Python 3.11 and abort it after some thousands;
    from 3.12 on `None` is immortal. 6.11.0 and 6.11.1 have layout defects.
    """
    shown = ".".join(map(str, qt))
    if python < (3, 12) and qt >= (6, 10):
        return (
            f"PySide6 {shown} aborts Python {python[0]}.{python[1]} after some thousand callbacks. "
            "Run: pip install 'PySide6-Essentials>=6.8.3,<6.10'"
        )
    if qt < (6, 8, 3):
        return f"PySide6 {shown} is too old. Run: pip install 'PySide6-Essentials>=6.8.3'"
    if qt[:3] in _LAYOUT_DEFECTS:
        return f"PySide6 {shown} has layout defects. Run: pip install 'PySide6-Essentials!=6.11.0,!=6.11.1'"
    return ""


def check_pair() -> str:
    """`bad_pair` of what is installed; says so too when PySide6 is absent."""
    try:
        import PySide6
    except ImportError:
        return "The window needs PySide6, which is not installed. Run: pip install 'redrive[gui]'"
    return bad_pair(tuple(sys.version_info[:3]), version(PySide6.__version__))


class ExceptionHook:
    """Takes the errors that slots raise: Qt goes on after them, so they would vanish without a console.

    Each is logged and handed to `on_trouble`. Ctrl+C keeps its meaning.
    """

    def __init__(self, on_trouble: Trouble | None = None) -> None:
        self.on_trouble = on_trouble
        self._before = sys.excepthook

    def install(self) -> None:
        """Begins to take errors."""
        self._before = sys.excepthook
        sys.excepthook = self._take

    def remove(self) -> None:
        """Gives the hook back."""
        sys.excepthook = self._before

    def _take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            self._before(kind, error, trace)
            return
        _log.error("an error in the window", exc_info=(kind, error, trace))
        if self.on_trouble is not None:
            self.on_trouble(error)
