"""One program of the shop as a process: `python -m dashboard.demo.worker --service NAME --url URL`.

Its standard input carries its orders, one JSON object of knobs a line; when that ends the program ends, so that
nothing outlives whoever started it. It says `ready` on standard output once it works.
"""

import argparse
import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from dashboard.demo.job import OLD_VERSION, Job, Levers, read_knobs
from dashboard.demo.topology import PROGRAMS

LAST_SECONDS = 2.0


def listen(read: Callable[[], bytes], hear: Callable[[bytes], None], end: Callable[[], None]) -> None:
    """Hands each whole line of `read` to `hear`; `end` once there is no more."""
    rest = b""
    while chunk := read():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            hear(line)
    end()


def _obey(levers: Levers, line: bytes) -> None:
    try:
        levers.knobs = read_knobs(line)
    except ValueError as error:
        print(f"not understood: {error}", file=sys.stderr, flush=True)  # noqa: T201 - its log


def _follow(levers: Levers, loop: asyncio.AbstractEventLoop) -> None:
    def hear(line: bytes) -> None:
        loop.call_soon_threadsafe(_obey, levers, line)

    def end() -> None:
        # A program that cannot end by itself, as with its broker gone, must not stay behind.
        guard = threading.Timer(LAST_SECONDS, os._exit, args=(1,))
        guard.daemon = True
        guard.start()
        # The loop is closed where the program ended first.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(levers.stop.set)

    # Not sys.stdin: a daemon thread inside its buffer's lock would abort the interpreter at its end.
    thread = threading.Thread(
        target=listen, args=(lambda: os.read(0, 65536), hear, end), name="orders", daemon=True
    )
    thread.start()


async def work(job: Job) -> None:
    """Does the program's work until it is told to stop."""
    from dashboard.demo.worker_nats import run

    levers = Levers()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, levers.stop.set)
    _follow(levers, loop)
    await run(job, levers, ready=lambda: print("ready", flush=True))  # noqa: T201 - its protocol


def main() -> None:
    """Reads the arguments and works."""
    parser = argparse.ArgumentParser(description="One program of the simulated shop.")
    parser.add_argument("--service", required=True, choices=PROGRAMS)
    parser.add_argument("--url", required=True)
    parser.add_argument("--version", default=OLD_VERSION)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    asyncio.run(work(Job(told.service, told.url, told.version, told.seed)))


if __name__ == "__main__":
    main()
