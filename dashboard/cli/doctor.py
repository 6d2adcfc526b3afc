"""`doctor`: what this installation has, what it lacks, and what to do about it."""

import importlib.metadata
import importlib.util
import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
import typer

import adapters
from adapters.api import AdapterInfo, RedriveError
from adapters.registry import Registry
from dashboard.cli import documents, tables
from dashboard.cli.exits import ExitCode
from dashboard.cli.options import Json
from dashboard.cli.program import Program, program
from dashboard.core import words
from dashboard.engine import headless
from dashboard.store.errors import Corrupt
from dashboard.store.home import Home

LOW_DISK = 512 * 1024 * 1024
ASIDE = "Move the file away to begin anew, and keep it: it knows what unfinished runs have sent."


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: `good` is None for what is neither good nor bad."""

    title: str
    good: bool | None
    text: str
    remedy: str = ""

    @property
    def verdict(self) -> str:
        """In a word."""
        return {True: "good", False: "trouble", None: "note"}[self.good]


def add_to(app: typer.Typer) -> None:
    """Adds the command of this module."""
    app.command("doctor")(doctor)


def doctor(ctx: typer.Context, *, json: Json = False) -> None:
    """Check this installation: libraries, files, keyring, display; ends with 1 where something is in trouble."""
    made = program(ctx)
    found = [_version(), *_home(made.home), *_kinds(made.kinds()), _window(made.environ), *_files(made)]
    out = made.output(json_wanted=json)
    trouble = any(item.good is False for item in found)
    if json:
        rows = [(item.title, item.good, item.verdict, item.text, item.remedy) for item in found]
        out.document(
            {
                "schema": documents.SCHEMA,
                "ok": not trouble,
                "findings": documents.findings(rows),
            }
        )
    else:
        columns = (("", False), ("", False), ("", False), ("", False))
        out.show(tables.table(columns, ([f.title, f.verdict, f.text, f.remedy] for f in found)))
    raise typer.Exit(int(ExitCode.INCOMPLETE if trouble else ExitCode.DONE))


def _version() -> Finding:
    return Finding("redrive", True, f"{adapters.__version__} on Python {platform.python_version()}")


def _home(home: Home) -> list[Finding]:
    try:
        home.prepare()
    except RedriveError as error:
        return [Finding("Files", False, error.message, error.hint)]
    free = shutil.disk_usage(home.data).free
    found = [Finding("Files", True, str(home.data))]
    if home.config != home.data:
        found.append(Finding("Config", True, str(home.config)))
    if free < LOW_DISK:
        left = words.size(free)
        found.append(Finding("Disk", False, f"{left} are free for ledger and archives.", "Free some room."))
    # One folder may be both: it is named once.
    loose = [path.name for path in dict.fromkeys(_ours(home)) if path.stat().st_mode & 0o077]
    if loose:
        found.append(
            Finding("Rights", False, f"Others may read {', '.join(loose)}.", f"Run: chmod -R go= {home.data}")
        )
    damaged = sorted(path.name for path in home.data.glob("*.damaged-*"))
    if damaged:
        found.append(Finding("Set aside", None, f"Damaged files were kept: {', '.join(damaged)}."))
    return found


def _ours(home: Home) -> list[Path]:
    paths = (home.config, home.data, home.workspace_toml, home.redrive_db, home.history_db, home.dead_db)
    return [path for path in paths if path.exists()]


def _kinds(registry: Registry) -> list[Finding]:
    found = [_kind(info) for info in registry.infos() if info.listed]
    found += [Finding(name, False, text) for name, text in registry.troubles.items()]
    return found or [Finding("Adapters", False, "None is installed.", "Run: pip install 'redrive[nats]'")]


def _kind(info: AdapterInfo) -> Finding:
    if not info.driver:
        return Finding(info.title, True, "needs no library")
    package = info.driver.split(".")[0]
    if importlib.util.find_spec(package) is None:
        return Finding(
            info.title, None, f"needs the library {info.driver}", f"Run: pip install 'redrive[{info.extra}]'"
        )
    return Finding(info.title, True, f"library {info.driver} {_installed(package)}".rstrip())


def _installed(package: str) -> str:
    names = importlib.metadata.packages_distributions().get(package, [])
    return importlib.metadata.version(names[0]) if names else ""


def _window(environ: Mapping[str, str]) -> Finding:
    lacking = [name for name in ("PySide6", "pyqtgraph") if not _can_import(name)]
    if lacking:
        text = f"{' and '.join(lacking)} not installed; the commands work without"
        return Finding("Window", None, text, "Run: pip install 'redrive[gui]'")
    shown = environ.get("WAYLAND_DISPLAY") or environ.get("DISPLAY") or environ.get("QT_QPA_PLATFORM")
    if not shown and platform.system() == "Linux":
        return Finding("Window", None, "There is no display here; the commands work without.")
    return Finding("Window", True, f"PySide6 {_installed('PySide6')}")


def _files(made: Program) -> list[Finding]:
    """Opens what the engine opens: config, databases, keyring."""

    async def main(stop: headless.Stop) -> list[Finding]:
        del stop
        async with made.open_desk(made.home) as desk:
            keyring = await desk.keyring_name()
            saved = [view for view in await desk.connections() if view.connection.saved]
            cut = [view for view in await desk.runs() if view.resume]
        found = [
            Finding("Keyring", True, keyring)
            if keyring
            else Finding(
                "Keyring", None, "None: secrets are asked for each session.", "Write ${NAME} in URLs."
            ),
            Finding("Connections", True, f"{len(saved)} saved"),
        ]
        found += [Finding("Run", None, tables.run_line(view), view.resume) for view in cut]
        return found

    try:
        made.start_log()
        return headless.run(main)
    except RedriveError as error:
        structlog.get_logger("redrive.cli").info("doctor met an error", text=str(error))
        remedy = ASIDE if isinstance(error, Corrupt) else error.hint
        return [Finding("Own files", False, error.message, remedy)]


def _can_import(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
