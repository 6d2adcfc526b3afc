"""The edge of the program: every error that reaches it becomes one line on stderr and an exit code."""

import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from types import TracebackType
from typing import Self, TextIO

import structlog
import typer

from adapters.api import Effect, RedriveError
from dashboard.cli.exits import ExitCode, code_of
from dashboard.core.text import one_line
from dashboard.engine.headless import Interrupted

_LINE = 2000


class Boundary:
    """A context that lets no error through but `SystemExit`; `code` says how it ended."""

    def __init__(self, stderr: TextIO) -> None:
        self.code = ExitCode.DONE
        self._stderr = stderr

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is None:
            return False
        if isinstance(error, (SystemExit, GeneratorExit)):
            return False
        self.code = self._end(_plain(error))
        return True

    def _end(self, error: BaseException) -> ExitCode:
        if isinstance(error, RedriveError):
            return self._ours(error)
        if isinstance(error, typer.TyperException):
            self._line(f"{error.format_message()} {_usage_hint(error)}")
            return ExitCode(error.exit_code)
        if isinstance(error, (Interrupted, KeyboardInterrupt, typer.Abort)):
            self._line("Stopped before its end.")
            return ExitCode.STOPPED
        return self._internal(error)

    def _ours(self, error: RedriveError) -> ExitCode:
        code = code_of(error)
        said = {Effect.NOT_DONE: "", Effect.DONE: " It was done.", Effect.UNKNOWN: " It may have been done."}
        # Before the log is set up structlog would write to stdout.
        if structlog.is_configured():
            log = structlog.get_logger("redrive.cli")
            log.info("command failed", error=type(error).__name__, text=str(error), effect=error.effect.value)
        if code is ExitCode.INTERNAL:
            return self._internal(error)
        self._line(f"{error.message}{said[error.effect]} {error.hint}")
        return code

    def _internal(self, error: BaseException) -> ExitCode:
        if structlog.is_configured():
            structlog.get_logger("redrive.cli").error("internal error", exc_info=error)
        path = next(_log_files(), "")
        where = f" The log {path} has the details." if path else ""
        self._line(f"Internal error: {type(error).__name__}: {error}{where}")
        return ExitCode.INTERNAL

    def _line(self, text: str) -> None:
        self._stderr.write(f"redrive: {one_line(text.strip(), _LINE)}\n")
        self._stderr.flush()


def _plain(error: BaseException) -> BaseException:
    """The first of our own errors in a group whose parts are all our own; else the error as it is."""
    leaf = error
    while isinstance(leaf, BaseExceptionGroup):
        if leaf.split(RedriveError)[1] is not None:
            return error
        leaf = leaf.exceptions[0]
    return leaf


def _usage_hint(error: typer.TyperException) -> str:
    ctx = getattr(error, "ctx", None)
    return f"Run: {ctx.command_path} --help" if ctx is not None else ""


def _log_files() -> Iterator[str]:
    for handler in logging.getLogger().handlers:
        if isinstance(handler, RotatingFileHandler):
            yield handler.baseFilename
