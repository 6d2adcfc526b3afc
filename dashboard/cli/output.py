"""Where words go: answers to stdout, everything else to stderr, progress only to a terminal.

Text from a broker passes `visible` before it is printed; rich never reads markup in it.
"""

import getpass
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from rich.console import Console, RenderableType
from rich.live import Live

from adapters.api import Secret
from dashboard.core.text import visible

WIDE = 400
"""Columns where stdout is no terminal: nothing is cut, a table takes only what it needs."""


@dataclass(frozen=True, slots=True)
class Streams:
    """The three streams of the process."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO


class Output:
    """All printing and asking of one command. `json_wanted` turns tables and sentences on stdout off."""

    def __init__(self, streams: Streams, *, json_wanted: bool = False) -> None:
        self.json_wanted = json_wanted
        self._streams = streams
        self._out = _console(streams.stdout)
        self._err = _console(streams.stderr)

    @property
    def asks(self) -> bool:
        """Whether a person can be asked: stdin and stderr are a terminal."""
        return self._streams.stdin.isatty() and self._streams.stderr.isatty()

    @property
    def live(self) -> bool:
        """Whether stdout is a terminal, so that a table may be redrawn."""
        return self._streams.stdout.isatty()

    def document(self, document: Mapping[str, object]) -> None:
        """One JSON document on one line. Anything but plain ASCII is escaped: it may end on a terminal."""
        text = json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(", ", ": "))
        self._streams.stdout.write(text.replace("\x7f", "\\u007f") + "\n")
        self._streams.stdout.flush()

    def text(self, text: str) -> None:
        """One line of text on stdout, controls made visible."""
        self._streams.stdout.write(visible(text) + "\n")
        self._streams.stdout.flush()

    def raw(self, body: bytes) -> None:
        """Bytes as they are, past every codec; for stdout that is a file, a pipe or asked for."""
        self._streams.stdout.flush()
        self._streams.stdout.buffer.write(body)
        self._streams.stdout.buffer.flush()

    def show(self, renderable: RenderableType) -> None:
        """A table or text of ours on stdout."""
        self._out.print(renderable, markup=False, highlight=False, emoji=False)

    def say(self, text: str) -> None:
        """A sentence of the answer: on stdout, or on stderr where stdout carries JSON."""
        if self.json_wanted:
            self.warn(text)
        else:
            self.text(text)

    def warn(self, text: str) -> None:
        """One line on stderr, also where it is no terminal."""
        self._streams.stderr.write(f"redrive: {visible(text)}\n")
        self._streams.stderr.flush()

    def note(self, text: str) -> None:
        """One line on stderr that only a person at a terminal wants."""
        if self._streams.stderr.isatty():
            self.warn(text)

    @contextmanager
    def progress(self) -> Iterator["Progress"]:
        """A line on stderr that changes in place; nothing where stderr is no terminal."""
        if not self._streams.stderr.isatty():
            yield Progress(None)
            return
        with Live(console=self._err, transient=True, auto_refresh=False) as live:
            yield Progress(live)

    @contextmanager
    def redrawn(self) -> Iterator["Progress"]:
        """A table on stdout that is redrawn in place; printed anew each time where stdout is no terminal."""
        if not self.live:
            yield Progress(None, self._out)
            return
        with Live(console=self._out, auto_refresh=False) as live:
            yield Progress(live)

    def ask(self, question: str) -> str:
        """An answer typed by a person; call only where `asks`."""
        self._streams.stderr.write(f"{visible(question)} ")
        self._streams.stderr.flush()
        return self._streams.stdin.readline().rstrip("\r\n")

    def ask_secret(self, question: str) -> Secret:
        """A secret typed without echo; call only where `asks`."""
        return Secret(getpass.getpass(f"{visible(question)} ", stream=self._streams.stderr))

    def lines(self) -> list[str]:
        """What stdin holds, line by line."""
        return self._streams.stdin.read().splitlines()


class Progress:
    """What `Output.progress` and `Output.redrawn` hand out."""

    def __init__(self, live: Live | None, console: Console | None = None) -> None:
        self._live = live
        self._console = console

    def show(self, renderable: RenderableType) -> None:
        """Puts this in place of what was shown."""
        if self._live is not None:
            self._live.update(renderable, refresh=True)
        elif self._console is not None:
            self._console.print(renderable, markup=False, highlight=False, emoji=False)


def _console(stream: TextIO) -> Console:
    width = None if stream.isatty() else WIDE
    return Console(file=stream, markup=False, highlight=False, emoji=False, soft_wrap=False, width=width)
