"""Runs the shop: starts its programs beside their broker, lets things go wrong on request, deploys the fix."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import nats
from nats.aio.client import Client

from dashboard.core.demo import DemoScenario, DemoState, DemoWorker
from dashboard.demo.broker_nats import NatsBroker
from dashboard.demo.job import NEW_VERSION, OLD_VERSION
from dashboard.demo.plain_nats import Reading, read_plain
from dashboard.demo.processes import Program
from dashboard.demo.scenarios import CALM, SCRIPTS, Knobs, Script, script_named
from dashboard.demo.setup_nats import Counts, count, make_streams
from dashboard.demo.topology import MENDED, PROGRAMS, STOREFRONT

_LOOK_S = 0.1


class Shop:
    """The running demo, an asynchronous context manager; implements `dashboard.core.demo.DemoControl`.

    `url` and `monitoring` are the broker's addresses, `home` is a folder for the program's own files: the demo never
    uses the user's. Both broker and folder are gone at the end.
    """

    def __init__(self, *, seed: int = 1) -> None:
        self._seed = seed
        self._broker: NatsBroker | None = None
        self._client: Client | None = None
        self._programs: dict[str, Program] = {}
        self._versions = dict.fromkeys(PROGRAMS, OLD_VERSION)
        self._script: Script | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Starts broker and shop."""
        try:
            self._broker = await NatsBroker.start()
            await asyncio.to_thread(self.home.mkdir, mode=0o700)
            # A broker that ended does not come back: the driver's attempts would outlive its closing.
            self._client = await nats.connect(
                self._broker.url, name="demo control", connect_timeout=5, allow_reconnect=False
            )
            await make_streams(self._client.jetstream())
            async with asyncio.TaskGroup() as starts:
                for name in PROGRAMS:
                    starts.create_task(self._start(name))
        except BaseExceptionGroup as failed:
            await self.close()
            raise failed.exceptions[0] from None
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends shop and broker."""
        await self.close()

    async def close(self) -> None:
        """Ends everything that was started; calling it again does nothing."""
        programs, self._programs = self._programs, {}
        await asyncio.gather(*(program.stop() for program in programs.values()))
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()
        if self._broker is not None:
            broker, self._broker = self._broker, None
            await broker.close()

    @property
    def broker(self) -> NatsBroker:
        """The running broker."""
        assert self._broker is not None, "the shop is not open"
        return self._broker

    @property
    def url(self) -> str:
        """The broker's address."""
        return self.broker.url

    @property
    def home(self) -> Path:
        """A folder of the demo's own for the program's files."""
        return self.broker.folder / "home"

    def scenarios(self) -> Sequence[DemoScenario]:
        """What can be rehearsed."""
        return [script.about for script in SCRIPTS]

    async def scenario(self, name: str) -> None:
        """Lets a scenario begin in place of the present one; raises `ConfigError` for an unknown name."""
        script = script_named(name)
        async with self._turn:
            await self._calm()
            self._script = script
            for program, knobs in script.knobs.items():
                await self._tell(program, knobs)
            for program in script.kill:
                await self._programs[program].kill()

    async def calm(self) -> None:
        """Ends the present scenario."""
        async with self._turn:
            await self._calm()

    async def _calm(self) -> None:
        script, self._script = self._script, None
        if script is None:
            return
        for program in script.knobs:
            await self._tell(program, CALM)
        for program in script.kill:
            if self._programs[program].pid is None:
                await self._start(program)

    async def hush(self, within: float = 8.0) -> None:
        """Stops the orders and waits until every message was handled or is dead: then no number moves.

        Gives up waiting after `within` seconds.
        """
        async with self._turn:
            await self._tell(STOREFRONT, replace(CALM, rate=0.0))
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                # The shop tells nobody how far it is; asking its broker is the only way to know.
                while (await self.counts()).backlog:  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK_S)

    async def speak_up(self) -> None:
        """Lets orders come again as the present scenario has them."""
        async with self._turn:
            knobs = self._script.knobs if self._script else {}
            await self._tell(STOREFRONT, knobs.get(STOREFRONT, CALM))

    async def deploy_fix(self) -> None:
        """Replaces the failing programs by their repaired version."""
        await self._deploy(NEW_VERSION)

    async def roll_back(self) -> None:
        """Replaces the repaired programs by the version that fails."""
        await self._deploy(OLD_VERSION)

    async def _deploy(self, version: str) -> None:
        async with self._turn:
            killed = self._script.kill if self._script else ()
            for name in MENDED:
                self._versions[name] = version
                if name in killed:
                    continue
                # The new one is up before the old one goes: nothing waits for a program that is not there.
                old = self._programs[name]
                await self._start(name)
                await old.stop()

    async def state(self) -> DemoState:
        """The shop now; raises `Disconnected`."""
        counts = await self.counts()
        return DemoState(
            url=self.url,
            scenario=self._script.about.name if self._script else None,
            fixed=all(self._versions[name] == NEW_VERSION for name in MENDED),
            workers=tuple(
                DemoWorker(name, self._versions[name], program.pid)
                for name, program in sorted(self._programs.items())
            ),
            published=counts.published,
            dead=counts.dead,
        )

    async def read_plain(self) -> Reading:
        """Everything the window could show, by a plain client; raises the driver's errors."""
        assert self._client is not None, "the shop is not open"
        return await read_plain(self._client.jetstream(timeout=2))

    async def counts(self) -> Counts:
        """What the broker counts, by a plain client; raises `Disconnected`."""
        assert self._client is not None, "the shop is not open"
        return await count(self._client.jetstream(timeout=2))

    async def _start(self, name: str) -> None:
        arguments = ["--service", name, "--url", self.url, "--version", self._versions[name]]
        arguments += ["--seed", str(self._seed)]
        log = self.broker.folder / f"{name}.log"
        program = await Program.start(name, "dashboard.demo.worker", arguments, log)
        self._programs[name] = program
        if self._script is not None and name in self._script.knobs:
            await self._tell(name, self._script.knobs[name])

    async def _tell(self, name: str, knobs: Knobs) -> None:
        await self._programs[name].tell(msgspec.json.encode(knobs).decode())
