"""Keeps a broker alive exactly as long as whoever started it: `python -m dashboard.demo.keeper nats`.

It makes a folder of its own, starts the server in it and says in one JSON line on standard output where both are.
When its standard input ends, also because the other end was killed, the server ends and the folder goes.
"""

import argparse
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_START_S = 10.0
_STOP_S = 2.0


class StartError(Exception):
    """The server did not come up; the text holds the end of its log."""


def die_with_parent() -> None:
    """Asks Linux to end this process when its parent does (prctl(2)); other systems have no such wish."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def nats_command(binary: str, folder: Path) -> list[str]:
    """Writes the server's configuration into `folder` and gives its command."""
    (folder / "ports").mkdir()
    config = folder / "nats.conf"
    config.write_text(
        "host: 127.0.0.1\nport: -1\nhttp: 127.0.0.1:-1\nserver_name: redrive-demo\n"
        f"ports_file_dir: {json.dumps(str(folder / 'ports'))}\n"
        f"jetstream {{ store_dir: {json.dumps(str(folder / 'js'))}\n"
        "  max_memory_store: 64MB\n  max_file_store: 1GB }\n",
        encoding="utf-8",
    )
    return [binary, "-c", str(config)]


def nats_answers(folder: Path, pid: int) -> dict[str, str] | None:
    """The addresses of the server once it is healthy; None before."""
    try:
        ports = json.loads((folder / "ports" / f"nats-server_{pid}.ports").read_bytes())
        monitoring = ports["monitoring"][0]
        with urllib.request.urlopen(f"{monitoring}/healthz", timeout=1) as answer:  # noqa: S310 - loopback
            healthy = answer.status == 200
    except (OSError, ValueError, LookupError, urllib.error.URLError):
        return None
    return {"url": ports["nats"][0], "monitoring": monitoring} if healthy else None


def start(binary: str, folder: Path) -> tuple["subprocess.Popen[bytes]", dict[str, str]]:
    """Starts the server and waits until it answers; raises `StartError`."""
    log = folder / "nats.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            nats_command(binary, folder),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - this process has one thread
        )
    end = time.monotonic() + _START_S
    while server.poll() is None and time.monotonic() < end:
        if (where := nats_answers(folder, server.pid)) is not None:
            return server, where
        if _ended(0.02):
            break
    stop(server)
    raise StartError(log.read_text(encoding="utf-8", errors="replace")[-2000:])


def _ended(wait_s: float) -> bool:
    """Whether standard input ended within `wait_s`; what is written there means nothing."""
    readable, _, _ = select.select([0], [], [], wait_s)
    return bool(readable) and not os.read(0, 4096)


def stop(server: "subprocess.Popen[bytes]") -> None:
    """Ends the server, by force when it takes too long."""
    server.terminate()
    try:
        server.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def keep(binary: str) -> int:
    """Runs the server until standard input ends or the server does; gives the exit code."""
    folder = Path(tempfile.mkdtemp(prefix="redrive-demo-"))
    try:
        server, where = start(binary, folder)
        try:
            print(json.dumps({**where, "folder": str(folder), "pid": server.pid}), flush=True)  # noqa: T201
            while server.poll() is None:
                if _ended(0.25):
                    return 0
            return 1
        finally:
            stop(server)
    except StartError as error:
        print(json.dumps({"failed": str(error)}), flush=True)  # noqa: T201
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Reads the arguments and keeps the broker."""
    parser = argparse.ArgumentParser(description="Keeps the demo's broker alive.")
    parser.add_argument("kind", choices=["nats"])
    parser.add_argument("--binary", required=True)
    # An end by signal is an end like any other: the folder goes as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.exit(keep(parser.parse_args().binary))


if __name__ == "__main__":
    main()
