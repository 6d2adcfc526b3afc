"""A display of its own with a window manager, and a person before it who has only eyes, a mouse and a keyboard."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.program import ROOT
from tests.helpers.until import until

PROGRAMS = ("Xvfb", "openbox", "xdotool")
STARTS_S = 30.0
ENDS_S = 10.0
Process = asyncio.subprocess.Process


def need_display() -> None:
    """Skips where a laptop lacks the programs; fails where every check must run."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"missing: {', '.join(missing)}. packaging/setup.sh test installs them.")
    if missing:
        pytest.skip(f"missing: {', '.join(missing)}. Run packaging/setup.sh test")


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), ENDS_S)
        except TimeoutError:
            process.kill()
            await process.wait()


@asynccontextmanager
async def display(folder: Path) -> AsyncIterator[dict[str, str]]:
    """Xvfb on a free number with openbox; gives what their programs need in the environment.

    Both are ended by their pids.
    """
    need_display()
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, parents=True)
    read, write = os.pipe()
    with (folder / "display.log").open("wb") as log:
        command = ("Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp")
        server = await asyncio.create_subprocess_exec(
            *command, pass_fds=(write,), stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
        )
        os.close(write)
        try:
            number = await asyncio.wait_for(_line(read), STARTS_S)
            assert number, f"Xvfb did not start: {(folder / 'display.log').read_text()}"
            screen = {"DISPLAY": f":{number}", "XDG_RUNTIME_DIR": str(runtime), "QT_QPA_PLATFORM": "xcb"}
            manager = await asyncio.create_subprocess_exec(
                "openbox",
                "--sm-disable",
                env={**os.environ, **screen},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            try:
                yield screen
            finally:
                await _end(manager)
        finally:
            await _end(server)


async def _line(descriptor: int) -> str:
    """The first line that comes through a pipe; empty where its other end is closed first."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb")
    )
    try:
        return (await reader.readline()).decode().strip()
    finally:
        transport.close()


@dataclass(frozen=True)
class Thing:
    """Something that can be seen and clicked; `box` is left, top, width, height on the screen."""

    kind: str
    name: str
    text: str
    enabled: bool
    focus: bool
    box: tuple[int, int, int, int]

    def answers(self, name: str) -> bool:
        """Whether it goes by this name."""
        if name.endswith("*"):
            return self.name.startswith(name[:-1]) or self.text.startswith(name[:-1])
        return name in {self.name, self.text}

    @property
    def middle(self) -> tuple[int, int]:
        left, top, width, height = self.box
        return left + width // 2, top + height // 2


@dataclass(frozen=True)
class Sight:
    """What is on the screen at one moment, and the keys and events of the mouse that have come until then."""

    look: int
    active: bool
    focus: str
    pressed: tuple[str, ...]
    mouse: int
    things: tuple[Thing, ...]

    def find(self, name: str, kind: str = "") -> Thing | None:
        """The first thing that is named or reads so; a star at the end stands for any rest."""
        return next(
            (thing for thing in self.things if kind in {"", thing.kind} and thing.answers(name)), None
        )

    @property
    def words(self) -> str:
        """All of it, for the report of a failed test."""
        rows = [f"{thing.kind} {thing.name!r}{'' if thing.enabled else ' (off)'}" for thing in self.things]
        return "\n".join([f"the focus is on {self.focus!r}; on the screen:", *rows])


class Person:
    """Sees the window by the probe's file; acts through X alone."""

    def __init__(self, environ: dict[str, str], file: Path) -> None:
        self._environ = environ
        self._file = file
        self.typed = ""

    def look(self) -> Sight:
        seen = json.loads(self._file.read_text())
        things = tuple(Thing(**{**thing, "box": tuple(thing["box"])}) for thing in seen.pop("things"))
        return Sight(**{**seen, "pressed": tuple(seen["pressed"]), "things": things})

    async def opens_the_window(self) -> None:
        """Waits until there is a window that takes keys."""
        await self._until(lambda: self._file.exists() and self.look().active, STARTS_S, "the window is open")

    async def sees(self, name: str, *, within: float = 10.0, kind: str = "", enabled: bool = True) -> Thing:
        """Waits until something of this name stands still on the screen."""
        last: tuple[int, Thing | None] = (0, None)

        def stands() -> bool:
            nonlocal last
            sight = self.look()
            look, before = last
            if sight.look == look:
                return False
            thing = sight.find(name, kind)
            last = (sight.look, thing)
            return thing is not None and thing == before and (thing.enabled or not enabled)

        await self._until(stands, within, f"{kind or 'something'} named “{name}” is there")
        assert last[1] is not None
        return last[1]

    async def _until(self, true: Callable[[], bool], within: float, what: str) -> None:
        async def seen() -> bool:
            return true()

        seen.__doc__ = what
        try:
            await until(seen, within=within)
        except AssertionError as error:
            log = self._file.with_name("program.log").read_text()
            shown = self.look().words if self._file.exists() else "no window was seen"
            raise AssertionError(f"{error}\n{shown}\nthe program wrote: {log or 'nothing'}") from error

    async def _x(self, *command: str) -> None:
        process = await asyncio.create_subprocess_exec(
            "xdotool", *command, env=self._environ, stdin=asyncio.subprocess.DEVNULL
        )
        assert await asyncio.wait_for(process.wait(), ENDS_S) == 0, command

    # The mouse

    async def click(self, name: str, *, times: int = 1, within: float = 10.0, kind: str = "") -> None:
        """Clicks the middle of something, once it may be clicked."""
        left, top = (await self.sees(name, within=within, kind=kind)).middle
        repeat = ("--repeat", str(times), "--delay", "60")
        await self._x("mousemove", str(left), str(top), "click", *repeat, "1")

    # The keyboard

    async def type(self, text: str) -> None:
        """Types into what has the focus, and waits until all of it has come."""
        before = len(self.look().pressed)
        self.typed += text
        await self._x("type", "--delay", "12", text)
        await self._came(before + len(text))

    async def press(self, *keys: str) -> None:
        """Presses keys by their names in X, each once the one before has come."""
        for key in keys:
            before = len(self.look().pressed)
            await self._x("key", key)
            await self._came(before + 1)

    async def press_last(self, key: str) -> None:
        """Presses a key that ends the program, so that nobody sees it come."""
        await self._x("key", key)

    async def _came(self, number: int) -> None:
        await self._until(lambda: len(self.look().pressed) >= number, 10, f"key {number} has come")

    async def focuses(self, name: str, *, within: float = 10.0) -> None:
        """Waits until something of this name has the focus."""
        await self._until(lambda: self.look().focus == name, within, f"the focus is on “{name}”")

    async def tab_to(self, name: str, *, most: int = 12, key: str = "Tab") -> None:
        """Presses Tab until something has the focus; fails where that takes too many."""
        for _ in range(most):
            if self.look().focus == name:
                return
            await self.press(key)
        await self.focuses(name, within=1.0)


@asynccontextmanager
async def program(
    environ: dict[str, str], folder: Path, *arguments: str
) -> AsyncIterator[tuple[Process, Person]]:
    """The window in a process of its own, and who sits before it."""
    file = folder / "sight.json"
    with (folder / "program.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.helpers.probe",
            str(file),
            *arguments,
            cwd=ROOT,
            env=environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            yield process, Person(environ, file)
        finally:
            await _end(process)
