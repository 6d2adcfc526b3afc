"""Runs from confirmation to report: started, paused, resumed, cancelled, in this process or another."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from adapters.api import ConfigError, Denied, RedriveError
from dashboard.core.connections import Connection
from dashboard.core.runs import Decision, LedgerPage, Pace, Plan, RunView
from dashboard.engine.runs.gate import on_disk
from dashboard.engine.runs.lock import held
from dashboard.engine.runs.news import RunNews
from dashboard.engine.runs.planner import Planner
from dashboard.engine.runs.runner import Rest, Runner
from dashboard.engine.runs.shop import Shop
from dashboard.store.ledger_rows import UNKNOWN, RunRow

QUIT_S = 1.5


class Runs:
    """All runs of a home. Each works in a task of its own: a failing poll never stops it."""

    def __init__(self, shop: Shop, planner: Planner, news: RunNews) -> None:
        self._shop = shop
        self._planner = planner
        self._news = news
        self._tasks: dict[int, asyncio.Task[Rest]] = {}
        self._runners: dict[int, Runner] = {}

    async def confirm(self, plan: Plan, typed: str, *, rest_too: bool, literal_secret: bool) -> RunView:
        """Freezes the set and starts. `rest_too`: what is typed holds for the rest after the canary as well.

        Raises `Denied` for a refused plan or a wrong word; nothing is written then.
        """
        for caution in plan.warnings:
            if caution.stop:
                raise Denied(caution.sentences, hint=caution.remedy)
        _check_typed(plan.typed, typed)
        number = await self._planner.freeze(plan, literal_secret=literal_secret)
        if rest_too:
            await on_disk(self._shop.ledger.note(number, rest_confirmed=True))
        row = await self._row(str(number))
        what = f"{row.name} {plan.source.connection}/{plan.source.source}"
        await on_disk(self._shop.journal.add(f"{plan.draft.kind} confirmed", what, _detail(plan, typed)))
        await self._start(Runner(row, self._shop), row)
        return await asyncio.to_thread(self._news.view, row)

    async def _start(self, runner: Runner, row: RunRow) -> None:
        await asyncio.to_thread(runner.lock)
        self._begin(runner, row)

    def _begin(self, runner: Runner, row: RunRow) -> None:
        self._runners[row.number] = runner
        self._news.failed(row.number, "")
        task = asyncio.create_task(runner.run(), name=f"run {row.name}")
        self._tasks[row.number] = task
        task.add_done_callback(lambda ended: self._ended(row.number, ended))

    def _ended(self, number: int, task: "asyncio.Task[Rest]") -> None:
        self._runners.pop(number, None)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            ours = isinstance(error, RedriveError)
            self._news.failed(
                number, str(error) if ours else f"internal error: {type(error).__name__}: {error}"
            )

    async def tell(self) -> None:
        """Until cancelled: posts news of runs, also of those that other processes work on."""
        await self._news.tell()

    async def wait(self, run: str) -> RunView:
        """Until the run rests; raises what ended its runner (our own disk)."""
        row = await self._row(run)
        task = self._tasks.get(row.number)
        if task is not None:
            await asyncio.shield(task)
        return await self.view(run)

    async def views(self) -> Sequence[RunView]:
        """All runs, newest first."""
        return await asyncio.to_thread(self._news.views)

    async def view(self, run: str) -> RunView:
        """One run."""
        return await asyncio.to_thread(lambda: self._news.view(self._shop.books.run(run)))

    async def past_connection(self, name: str) -> Connection | None:
        """The connection of that name as the newest run over it knew it."""
        rows = await asyncio.to_thread(self._shop.books.runs)
        return next((row.setup.connection for row in rows if row.setup.connection.name == name), None)

    async def ledger(self, run: str, outcome: str, *, offset: int, limit: int) -> LedgerPage:
        """Rows of a run."""
        row = await self._row(run)
        return await asyncio.to_thread(self._shop.books.page, row.number, outcome, offset=offset, limit=limit)

    async def pause(self, run: str) -> None:
        """Asks the runner to pause; raises `Denied` where none works on it."""
        row = await self._at_work(run, "paused")
        await self._wish(row, "pause")

    async def set_pace(self, run: str, pace: Pace) -> None:
        """A new rate or brake; also of a run at rest."""
        row = await self._row(run)
        if row.state.over:
            raise Denied(f"{row.name} is over.")
        if pace.rate is not None and pace.rate <= 0:
            raise ConfigError(
                "A rate is more than 0 messages a second.", hint="Pause the run to send nothing."
            )
        await on_disk(
            self._shop.ledger.pace(
                row.number, replace(row.pace, rate=pace.rate, brake_percent=pace.brake_percent)
            )
        )
        await on_disk(self._shop.journal.add("pace", row.name, f"{pace.rate or 'no limit'} a second"))
        self._news.changed(row.number)

    async def resume(self, run: str, typed: str = "") -> RunView:
        """Goes on; a run that is over is given back as it is."""
        row = await self._row(run)
        if row.state.over:
            return await self.view(run)
        if held(self._shop.locks, row.setup.id):
            if row.wish != "pause":
                raise Denied(f"{row.name} is running already.")
            await self._wish(row, "")
            return await self.view(run)
        if row.canary in {"stayed", "asked"} and not row.rest_confirmed:
            _check_typed((await self.view(run)).typed, typed)
            await on_disk(self._shop.ledger.note(row.number, rest_confirmed=True))
        await on_disk(self._shop.journal.add("resumed", row.name))
        await self._start_unless_over(run)
        return await self.view(run)

    async def _start_unless_over(self, run: str, *, cancel: bool = False) -> None:
        """Another process may have brought the run to its end before this one had its lock."""
        row = await self._row(run)
        runner = Runner(row, self._shop, cancel=cancel)
        await asyncio.to_thread(runner.lock)
        if (await self._row(run)).state.over:
            runner.unlock()
        else:
            self._begin(runner, row)

    async def decide(self, run: str, act: Decision) -> RunView:
        """Unknown messages of a run at rest: looked for again, sent again, or left."""
        row = await self._row(run)
        if held(self._shop.locks, row.setup.id):
            raise Denied(f"{row.name} is at work.", hint="Pause it first.")
        items = await asyncio.to_thread(self._shop.books.items, row.number, UNKNOWN)
        if not items:
            raise Denied(f"{row.name} has no unknown messages.")
        ns = [item.n for item in items]
        ledger = self._shop.ledger
        await on_disk(self._shop.journal.add(f"unknown: {act}", row.name, f"{len(ns)} messages"))
        if act == "leave":
            await on_disk(ledger.leave(row.number, ns))
            self._news.changed(row.number)
            return await self.view(run)
        await on_disk(ledger.again(row.number, ns) if act == "again" else ledger.reopen(row.number, ns))
        row = await self._row(run)
        await self._start(Runner(row, self._shop), row)
        return await self.view(run)

    async def cancel(self, run: str) -> None:
        """What is not sent is kept; what is in flight is settled first."""
        row = await self._row(run)
        if row.state.over:
            raise Denied(f"{row.name} is over.")
        await on_disk(self._shop.journal.add("cancelled", row.name))
        if held(self._shop.locks, row.setup.id):
            await self._wish(row, "cancel")
        else:
            await self._start_unless_over(run, cancel=True)

    async def close(self) -> None:
        """Pauses what runs here and waits a bounded time; what is in flight after that is settled on resume."""
        for runner in list(self._runners.values()):
            if runner.control.wish != "cancel":
                runner.control.want("pause", urgent=True)
        tasks = [task for task in self._tasks.values() if not task.done()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=QUIT_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _row(self, run: str) -> RunRow:
        return await asyncio.to_thread(self._shop.books.run, run)

    async def _at_work(self, run: str, verb: str) -> RunRow:
        row = await self._row(run)
        if not held(self._shop.locks, row.setup.id):
            raise Denied(f"{row.name} is not running, so it cannot be {verb}.", hint="See: redrive runs ls")
        return row

    async def _wish(self, row: RunRow, wish: str) -> None:
        await on_disk(self._shop.ledger.wish(row.number, wish))
        if runner := self._runners.get(row.number):
            runner.control.want(wish)
        self._news.changed(row.number)


def _check_typed(asked: str | None, typed: str) -> None:
    if asked is not None and typed != asked:
        said = "was not typed" if not typed else "was typed wrongly"
        raise Denied(
            f"The name {asked} {said}, so nothing was done.", hint=f"Confirm with: --confirm {asked}"
        )


def _detail(plan: Plan, typed: str) -> str:
    targets = ", ".join(target.target for target in plan.targets)
    parts = [f"{plan.frozen} frozen", f"to {targets}" if targets else "", f"typed {typed}" if typed else ""]
    parts.append(f"{len(plan.warnings)} warnings shown")
    return "; ".join(part for part in parts if part)
