"""What a look at a source costs, in words, and whether it may be paid."""

from collections.abc import Iterator

from adapters.api import LookEffect, Right, Traits
from dashboard.core.connections import Connection
from dashboard.core.words import count, duration

HARMLESS = frozenset({LookEffect.REDELIVERED})
"""Effects that change nothing for anyone else; a read-only connection may have them."""


def price(traits: Traits) -> str:
    """All that a look does, one sentence an effect; empty where it is free."""
    return " ".join(_effects(traits))


def refusal(connection: Connection, traits: Traits) -> str:
    """Why this source may not be looked at over this connection; empty where it may."""
    grant = traits.grant(Right.READ)
    if grant.verdict == "no":
        return f"This account may not read it{': ' + grant.why if grant.why else ''}."
    if connection.read_only and traits.effects - HARMLESS:
        return f"{connection.name} is read-only, and a look would do more than mark messages as redelivered."
    if traits.looks_left is not None and traits.looks_left < 1:
        return "No delivery attempt is left: one more look would drop messages."
    return ""


def _effects(traits: Traits) -> Iterator[str]:
    effects = traits.effects
    if LookEffect.COUNTS in effects:
        yield _attempts(traits.looks_left)
    elif LookEffect.REDELIVERED in effects:
        yield "A look marks them redelivered."
    if LookEffect.HIDES in effects:
        yield (
            f"A look hides them from others for {duration(traits.hides_s)}."
            if traits.hides_s is not None
            else "A look hides them from others while it lasts."
        )
    if LookEffect.LOCKS_GROUP in effects:
        yield "While they are hidden, nothing else of their groups is delivered."
    if LookEffect.MAY_OVERFLOW in effects:
        yield "While they are held, a full queue takes more than its limit, or drops some as they come back."
    if LookEffect.REORDERS in effects:
        yield "They come back in another order."
    if LookEffect.WRITES in effects:
        yield "A look writes something at the broker."
    if effects and traits.reach is not None:
        yield f"It reaches the first {count(traits.reach)}."
    elif effects and not traits.complete:
        yield "It may miss some."


def _attempts(left: int | None) -> str:
    if left is None:
        return "Each look uses a delivery attempt."
    if left <= 1:
        return "This look uses the last delivery attempt: another one drops messages."
    return f"Each look uses 1 of {count(left)} delivery attempts."
