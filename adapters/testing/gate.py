"""A gate that follows a script and writes down what the adapter did, for the contract suite."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from adapters.api import (
    Adapter,
    Copy,
    DeadLetter,
    Disconnected,
    MessageRef,
    Order,
    Outcome,
    Outgoing,
    Payload,
    Refusal,
    TargetRef,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened in a pass."""

    what: Literal["admit", "keep", "done"]
    ref: MessageRef


class ScriptedGate:
    """Orders by a function, publishes what is sent, and remembers everything in order.

    `order` answers for each met message (SEND unless given). `prefix` is the most that one `admit` answers for.
    `close_after` closes the gate once that many were admitted. `refused` keys are not kept. `before_keep` is awaited
    with what is about to be kept. Copies go to `target` over `adapter`, without one into `copied` alone, as into an archive; the key of a message is
    RUN/number.
    """

    def __init__(
        self,
        adapter: Adapter | None,
        target: TargetRef,
        *,
        order: Callable[[MessageRef], Order] = lambda _: Order.SEND,
        prefix: int | None = None,
        close_after: int | None = None,
        refused: frozenset[str] = frozenset(),
        run: str = "run",
        before_keep: Callable[[Sequence[DeadLetter]], Awaitable[None]] | None = None,
    ) -> None:
        self._adapter = adapter
        self._target = target
        self._order = order
        self._prefix = prefix
        self._close_after = close_after
        self._refused = refused
        self._run = run
        self._before_keep = before_keep
        self._closed = False
        self._numbers: dict[MessageRef, str] = {}
        self.steps: list[Step] = []
        self.orders: dict[MessageRef, Order] = {}
        self.copied: list[DeadLetter] = []
        self.outcomes: list[Outcome] = []
        self.broken = False

    @property
    def closed(self) -> bool:
        """Whether the adapter should finish what is admitted and return."""
        return self._closed

    def close(self) -> None:
        """No more is admitted."""
        self._closed = True

    @property
    def admitted(self) -> list[MessageRef]:
        """All that was asked about and answered, in order."""
        return [it.ref for it in self.steps if it.what == "admit"]

    def key(self, ref: MessageRef) -> str:
        """The key under which a message is sent: the same each time it is asked for."""
        return self._numbers.setdefault(ref, f"{self._run}/{len(self._numbers) + 1}")

    async def admit(self, met: Sequence[MessageRef]) -> Sequence[Order]:
        """Answers for a prefix."""
        assert met, "admit was asked about nothing"
        assert not self._closed, "admit was asked after the gate had closed"
        prefix = met[: self._prefix]
        if self._close_after is not None:
            prefix = prefix[: self._close_after - len(self.admitted)]
        orders = []
        for ref in prefix:
            self.steps.append(Step("admit", ref))
            self.key(ref)
            self.orders[ref] = self._order(ref)
            orders.append(self.orders[ref])
        self._closed = self._close_after is not None and len(self.admitted) >= self._close_after
        return orders

    def outgoing(self, letter: DeadLetter) -> Outgoing | Refusal:
        """What to send for the bytes just met."""
        if letter.ref.key in self._refused:
            return Refusal("refused by the script")
        if not isinstance(letter.payload, Payload):
            return Refusal(letter.payload.why)
        return Outgoing(self._target, letter.payload, self.key(letter.ref))

    async def keep(self, found: Sequence[DeadLetter]) -> Sequence[bool]:
        """Publishes or archives; True only for confirmed copies."""
        assert found, "keep was asked about nothing"
        for letter in found:
            assert self.orders.get(letter.ref) is Order.SEND, f"keep was asked about {letter.ref}, not sent"
            self.steps.append(Step("keep", letter.ref))
        if self._before_keep is not None:
            await self._before_keep(found)
        answers = await self._publish(found)
        self.copied += [letter for letter, kept in zip(found, answers, strict=True) if kept]
        return answers

    async def _publish(self, found: Sequence[DeadLetter]) -> list[bool]:
        if self._adapter is None:
            return [letter.ref.key not in self._refused for letter in found]
        made = [self.outgoing(letter) for letter in found]
        sent = [it for it in made if isinstance(it, Outgoing)]
        results = await self._adapter.publish(sent) if sent else []
        self.broken = self.broken or any(isinstance(it, Disconnected) for it in results)
        answers = iter(results)
        return [isinstance(it, Outgoing) and isinstance(next(answers), Copy) for it in made]

    async def done(self, outcomes: Sequence[Outcome]) -> None:
        """Takes down how messages ended."""
        assert outcomes, "done was told nothing"
        for it in outcomes:
            self.steps.append(Step("done", it.ref))
        self.outcomes += outcomes
