"""The act of one admitted step of a take, the same for every broker: keep, remove, report what is known."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal

from adapters.api import (
    DeadLetter,
    Disconnected,
    Effect,
    Fate,
    Gate,
    MessageRef,
    NotFound,
    Order,
    Original,
    Outcome,
    RedriveError,
)

RemoveResult = RedriveError | None
"""None: the broker answered that the message went. `NotFound`: it had gone before. Else `effect` says what is known."""

Remove = Callable[[Sequence[DeadLetter]], Awaitable[Sequence[RemoveResult]]]
"""Removes these; one result each, in order. Raising stands for all of them.

Where the connection breaks half-way, answered ones have their result and the others are `Disconnected`.
"""

Went = Literal["removed", "marked"]

_ORIGINAL: Mapping[Effect, Original] = {
    Effect.NOT_DONE: "left",
    Effect.DONE: "removed",
    Effect.UNKNOWN: "unknown",
}


async def act(
    remove: Remove,
    gate: Gate,
    letters: Sequence[DeadLetter],
    orders: Sequence[Order],
    *,
    went: Went = "removed",
) -> Sequence[Outcome]:
    """Keeps, removes and reports, in the order met; returns what was reported.

    SEND: kept by the gate, then removed; where `keep` says False the gate has itself taken down why, and nothing is
    reported. REMOVE: removed without asking again. LEAVE: nothing.
    Raises `Disconnected` after reporting what the broker answered before; the rest is not reported, so that its rows
    stay *copied* and the next pass removes the originals.
    """
    return await remove_kept(remove, gate, await keep_admitted(gate, letters, orders), went=went)


async def keep_admitted(
    gate: Gate, letters: Sequence[DeadLetter], orders: Sequence[Order]
) -> Sequence[DeadLetter]:
    """The first half: what may be removed now, in the order met."""
    sent = [place for place, order in enumerate(orders) if order is Order.SEND]
    answers = await gate.keep([letters[place] for place in sent]) if sent else ()
    safe = {place for place, kept in zip(sent, answers, strict=True) if kept}
    return [letters[place] for place, order in enumerate(orders) if order is Order.REMOVE or place in safe]


async def remove_kept(
    remove: Remove, gate: Gate, going: Sequence[DeadLetter], *, went: Went = "removed"
) -> Sequence[Outcome]:
    """The second half: removes, and reports what is known; raises as `act` does."""
    if not going:
        return ()
    try:
        results = await remove(going)
    except RedriveError as error:
        results = [error] * len(going)
    known = [
        outcome(letter.ref, result, went)
        for letter, result in zip(going, results, strict=True)
        if not isinstance(result, Disconnected)
    ]
    if known:
        await gate.done(known)
    for result in results:
        if isinstance(result, Disconnected):
            raise result
    return known


def outcome(ref: MessageRef, result: RemoveResult, went: Went = "removed") -> Outcome:
    """The end of a message whose copy is safe, from the broker's answer to its removal."""
    if result is None:
        return Outcome(ref, Fate.MOVED, went)
    if isinstance(result, NotFound):
        return Outcome(ref, Fate.MOVED, "removed", reason="somebody else had removed it before")
    return Outcome(ref, Fate.MOVED, _ORIGINAL[result.effect], reason=str(result))
