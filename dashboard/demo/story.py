"""The storyline: messages die, a redrive's canary comes back, the fix is deployed, a redrive goes through."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from dashboard.core.desk import Desk
from dashboard.core.letters import Selection, SnapshotInfo, SourceKey
from dashboard.core.runs import Draft, Pace, RunState, RunView
from dashboard.core.text import one_line
from dashboard.demo.control import Shop
from dashboard.demo.job import NEW_VERSION
from dashboard.demo.opening import CONNECTION
from dashboard.demo.pacing import Pacing
from dashboard.demo.report import DemoReport
from dashboard.demo.setup_nats import Counts
from dashboard.demo.topology import MENDED

POISON = "poison"
CANARY = 3
_LOOK_S = 0.2
_QUIET_S = 10.0
_DEAD_ENOUGH = 8
_KEEPING_UP = 40
_OTHER_SCENARIO_S = 6.0
_WAIT_S = 8.0

Photograph = Callable[[str, str, object], Awaitable[Sequence[str]]]
"""Takes the pictures of a page (watch, dead-letters, plan, run): its name, its place in the window and what is shown
there. Gives the names of the files written."""


async def no_pictures(page: str, place: str, what: object) -> Sequence[str]:
    """Takes none."""
    del page, place, what
    return ()


@dataclass(slots=True)
class Story:
    """Told on `say` by a `desk` that watches the `shop`; `scenario` is what goes wrong."""

    desk: Desk
    shop: Shop
    pacing: Pacing
    say: Callable[[str], None]
    scenario: str = POISON
    photograph: Photograph = no_pictures
    _pictures: list[str] = field(default_factory=list)
    _runs: dict[str, RunView] = field(default_factory=dict)

    async def tell(self, end: float) -> DemoReport:
        """Tells it from beginning to end, then looks on until the loop's time `end`; raises errors of `adapters.api`."""
        await self._open()
        await self._let_it_go_wrong()
        await self._look()
        await self._redrive_too_early()
        self.say(f"Deploying the fix: {', '.join(MENDED)} start again as {NEW_VERSION}.")
        await self.shop.deploy_fix()
        await self._redrive_what_died()
        while (left := end - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(min(left, _QUIET_S))
            await self._say_numbers()
        return await self._report()

    async def _open(self) -> None:
        self.say("The shop runs: orders, payments, shipping and e-mail, about 100 messages a second.")
        await asyncio.sleep(self.pacing.calm_s)
        await self._say_numbers()

    async def _say_numbers(self) -> None:
        fleet = await self.desk.fleet()
        counts = await self.shop.counts()
        self.say(
            f"{len(fleet.rows)} resources, {counts.published} messages so far, {counts.dead} dead letters."
            f" {one_line(fleet.headline)}".rstrip()
        )

    async def _let_it_go_wrong(self) -> None:
        left = self.pacing.scenario_s
        if self.scenario != POISON:
            shown = min(left / 2, _OTHER_SCENARIO_S)
            left -= shown
            await self._begin_scenario(self.scenario)
            await asyncio.sleep(shown)
            await self._say_numbers()
            await self.shop.calm()
            # What dies behind a backlog dies too late for this story.
            await self._wait(lambda counts: counts.backlog < _KEEPING_UP)
        await self._begin_scenario(POISON)
        await asyncio.sleep(left)
        await self._wait(lambda counts: counts.dead >= _DEAD_ENOUGH)
        await self._say_numbers()
        await self._take("watch", "watch")
        await self.shop.calm()

    async def _begin_scenario(self, name: str) -> None:
        about = next(about for about in self.shop.scenarios() if about.name == name)
        self.say(f"Scenario {about.name}: {about.text}")
        await self.shop.scenario(name)

    async def _wait(self, enough: Callable[[Counts], bool]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_WAIT_S):
                # The shop tells nobody how far it is; asking its broker is the only way to know.
                while not enough(await self.shop.counts()):  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK_S)

    async def _look(self) -> None:
        await self._hold_still()
        for key in await self._with_dead_letters():
            snapshot = await self.desk.read(key)
            for group in (await self.desk.source(key)).groups:
                self.say(f"{key.source}: {group.count} of {snapshot.count} died of {one_line(group.title)}")
        await self._take("dead-letters", "source", await self._deepest())

    async def _redrive_too_early(self) -> None:
        await self._hold_still()
        key = await self._deepest()
        snapshot = await self.desk.read(key)
        self.say(f"Redriving {snapshot.count} from {key.source}, {CANARY} as a canary first.")
        run = await self._redrive(snapshot, canary=CANARY, watch_s=self.pacing.watch_s, picture="plan")
        run = await self._follow(run)
        self.say(
            f"{run.name} is {run.state.value}: {run.tally.returned} came back. {one_line(run.reason)}".rstrip()
        )
        await self._take("run", "run", run.id)
        if not run.state.over:
            await self.desk.cancel(run.id)
            await self._follow(run)

    async def _redrive_what_died(self) -> None:
        """Until nothing is left: a message that was on its way to its death when the fix came is met by a later round."""
        while keys := await self._with_dead_letters():
            runs = [await self._begin(key) for key in keys]
            for run in await asyncio.gather(*(self._follow(run) for run in runs)):
                tally = run.tally
                self.say(
                    f"{run.name} from {run.source.source} is {run.state.value}: {tally.moved} of {tally.frozen} moved,"
                    f" {tally.kept} kept, {tally.gone} gone, {tally.unknown} unknown, {tally.returned} came back."
                )

    async def _begin(self, key: SourceKey) -> RunView:
        watch_s = self.pacing.second_watch_s
        return await self._redrive(
            await self.desk.read(key), canary=CANARY if watch_s else 0, watch_s=watch_s
        )

    async def _redrive(
        self, snapshot: SnapshotInfo, *, canary: int, watch_s: float, picture: str | None = None
    ) -> RunView:
        draft = Draft(
            "redrive", Selection(snapshot.source, snapshot.id), pace=Pace(canary=canary, watch_s=watch_s)
        )
        plan = await self.desk.plan(draft)
        if picture is not None:
            self.say(f"Plan: {one_line(plan.headline)} {one_line(plan.guarantee_words)}".rstrip())
            for caution in plan.warnings:
                self.say(f"Plan warns: {one_line(caution.title)}: {one_line(caution.text)}")
            await self._take(picture, "plan", draft)
        return await self.desk.confirm(plan, plan.typed or "")

    async def _follow(self, run: RunView) -> RunView:
        """Waits until a run no longer goes on by itself."""
        while run.state.active or run.state is RunState.FROZEN:
            await asyncio.sleep(_LOOK_S)
            run = await self.desk.run(run.id)
        self._runs[run.id] = run
        return run

    async def _with_dead_letters(self) -> list[SourceKey]:
        waiting = (await self.shop.counts()).waiting
        return [SourceKey(CONNECTION, name) for name, count in waiting.items() if count]

    async def _deepest(self) -> SourceKey:
        waiting = (await self.shop.counts()).waiting
        return SourceKey(CONNECTION, max(waiting, key=lambda name: waiting[name]))

    async def _hold_still(self) -> None:
        """What is read now is what the next picture shows; taking it lets the shop go on."""
        if self.photograph is not no_pictures:
            await self.shop.hush()

    async def _take(self, page: str, place: str, what: object = None) -> None:
        self._pictures.extend(await self.photograph(page, place, what))

    async def _report(self) -> DemoReport:
        runs = [await self.desk.run(run) for run in self._runs]
        counts = await self.shop.counts()
        moved = sum(run.tally.moved for run in runs)
        came_back = sum(run.tally.returned for run in runs)
        return DemoReport(
            broker="nats",
            produced=counts.published - moved,
            dead=counts.died - came_back,
            came_back=came_back,
            redriven=moved - came_back,
            left=counts.dead,
            pictures=tuple(self._pictures),
        )
