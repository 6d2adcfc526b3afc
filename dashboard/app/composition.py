"""The window over an engine: built in order, run to its end, taken apart in order within two seconds."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from adapters.api import AdapterInfo, ConfigError, RedriveError
from dashboard.bridge.bridge import Bridge
from dashboard.bridge.commands import Commands
from dashboard.bridge.guard import ExceptionHook, check_pair
from dashboard.bridge.host import Host
from dashboard.bridge.interrupts import Interrupts
from dashboard.core.demo import DemoControl
from dashboard.core.desk import Desk
from dashboard.engine.mailbox import Mailbox
from dashboard.engine.sharing import share_often
from dashboard.engine.thread import EngineThread
from dashboard.ui import fonts
from dashboard.ui.look import Look
from dashboard.ui.tokens import Mode
from dashboard.ui.window import Outside, Window

_log = logging.getLogger(__name__)

CLOSE_S = 2.0


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened on the engine's loop."""

    desk: Desk
    demo: DemoControl | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a window is made of. `for_s` ends it by itself after so many seconds."""

    open_engine: Callable[[Mailbox], AbstractAsyncContextManager[Opened]]
    kinds: Sequence[AdapterInfo]
    mode: Mode = "dark"
    start_demo: Callable[[], None] | None = None
    for_s: float | None = None
    close_s: float = CLOSE_S


class _Doorbell(QObject):
    """Brings word from the engine's thread into the window's."""

    rung = Signal()


class WindowProgram:
    """One run of the window."""

    def __init__(self, application: QApplication, recipe: Recipe) -> None:
        self._recipe = recipe
        fonts.load()
        self.look = Look(recipe.mode)
        self.look.apply(application)
        self._mailbox = Mailbox()
        self._thread = EngineThread()
        self._thread.start()
        self._host = Host(self._thread, lambda: recipe.open_engine(self._mailbox))
        self.bridge = Bridge(self._mailbox)
        self.commands = Commands(self._thread, self._desk())
        outside = Outside(recipe.kinds, lambda: datetime.now(UTC), recipe.start_demo)
        self.window = Window(self.look, self.bridge, self.commands, outside)
        # A loop of its own ends without the state that `QCoreApplication.exec` leaves behind in the process.
        self._loop = QEventLoop()
        self.window.closing.connect(self._loop.quit)

    def run(self) -> int:
        """Shows the window until it is closed; raises the engine's error where it could not be opened."""
        hook = ExceptionHook(self._trouble)
        hook.install()
        interrupts = Interrupts(self._loop.quit)
        bell = _Doorbell()
        bell.rung.connect(self._opened, Qt.ConnectionType.QueuedConnection)
        self._host.ready.add_done_callback(lambda _: bell.rung.emit())
        self.bridge.start()
        self.window.show()
        self._host.start()
        if self._recipe.for_s is not None:
            QTimer.singleShot(round(self._recipe.for_s * 1000), self._loop.quit)
        try:
            code = self._loop.exec()
        finally:
            self.close()
            interrupts.restore()
            hook.remove()
        error = self._error()
        if error is not None:
            raise error
        return code

    def quit(self) -> None:
        """Ends `run` without the question that a person is asked who closes the window over a run."""
        self._loop.quit()

    def close(self) -> None:
        """Ends the engine before the objects that it talks to."""
        self.bridge.stop()
        self.window.hide()
        if not self._thread.stop(self._host.close, self._recipe.close_s):
            _log.error("the engine did not end in time")

    def _desk(self) -> "Future[Desk]":
        desk: Future[Desk] = Future()

        def ready(opened: "Future[Opened]") -> None:
            if opened.cancelled():
                desk.cancel()
            elif (error := opened.exception()) is not None:
                desk.set_exception(error)
            else:
                desk.set_result(opened.result().desk)

        self._host.ready.add_done_callback(ready)
        return desk

    def _opened(self) -> None:
        if self._error() is not None:
            self._loop.quit()
            return
        demo = self._host.ready.result().demo
        if demo is not None:
            self.window.show_demo(demo)

    def _error(self) -> BaseException | None:
        ready = self._host.ready
        return ready.exception() if ready.done() and not ready.cancelled() else None

    def _trouble(self, error: BaseException) -> None:
        words = (
            str(error)
            if isinstance(error, RedriveError)
            else f"The program met an error: {type(error).__name__}.{_where_logged()}"
        )
        self.window.toast(words, tone="danger")


def _where_logged() -> str:
    files = [
        handler.baseFilename
        for handler in logging.getLogger().handlers
        if isinstance(handler, RotatingFileHandler)
    ]
    return f" Its details are in {files[0]}" if files else ""


def application() -> QApplication:
    """The one QApplication; raises `ConfigError` for a pair of Python and PySide6 that does not work."""
    trouble = check_pair()
    if trouble:
        raise ConfigError(trouble)
    there = QApplication.instance()
    if isinstance(there, QApplication):
        return there
    share_often()
    made = QApplication(["redrive"])
    made.setApplicationName("Redrive")
    made.setDesktopFileName("redrive")
    made.setQuitOnLastWindowClosed(False)
    return made


def run(recipe: Recipe) -> int:
    """Runs a window to its end and gives the exit code."""
    return WindowProgram(application(), recipe).run()
