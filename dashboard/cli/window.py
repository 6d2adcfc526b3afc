"""Opens the window. The one place of the command line that leads to Qt, and only when it is called."""

import importlib.util
import platform
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from adapters.api import ConfigError, MissingDriver
from dashboard.cli.program import Program

if TYPE_CHECKING:
    from dashboard.demo.main import DemoOptions
    from dashboard.demo.report import DemoReport


def open_window(made: Program) -> None:
    """Runs the window until it is closed; raises `MissingDriver` where its libraries are not installed."""
    require_qt()
    require_display(made.environ, "The commands work without one: redrive --help")
    made.start_log()
    from dashboard.app.main import run_window

    raise typer.Exit(run_window(made.home))


def open_demo_window(made: Program, options: "DemoOptions") -> int:
    """Runs the window over the demo until it is closed."""
    require_qt()
    require_display(made.environ, "Run: redrive demo --headless")
    from dashboard.app.demo import run_demo_window

    return run_demo_window(options)


def demo_pictures(options: "DemoOptions", folder: Path, say: Callable[[str], None]) -> "DemoReport":
    """Tells the demo's story and writes pictures of the window into a folder; needs no display."""
    require_qt()
    from dashboard.app.pictures import tell_with_pictures

    return tell_with_pictures(options, folder, say)


def require_qt() -> None:
    """Raises `MissingDriver` where the window's libraries are not installed."""
    for library in ("PySide6", "pyqtgraph"):
        if importlib.util.find_spec(library) is None:
            raise MissingDriver(
                f"The window needs the library {library}, which is not installed.",
                hint="Run: pip install 'redrive[gui]'. The commands work without it: redrive --help",
            )


def require_display(environ: Mapping[str, str], hint: str) -> None:
    """Raises `ConfigError` where Qt would end the process for want of a display."""
    shown = any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if platform.system() == "Linux" and not shown:
        raise ConfigError("There is no display here to open a window on.", hint=hint)
