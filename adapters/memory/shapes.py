"""The kinds of dead-letter source that the oracle plays, each after a family of real brokers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from adapters.api import YES, ConfigError, Grant, Guarantee, LookEffect, Right, Traits

GRANTS: Mapping[Right, Grant] = {
    **dict.fromkeys(Right, YES),
    Right.BULK: Grant("no", why="it has no purge of its own"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """How a source of one family behaves, beyond what its traits say.

    looking: free; held (a look consumes, the messages come back when the connection ends); leased (they come back at
    a time of day, whoever lives). coupled: copy and removal are one act. receipt and dedupe_s: of the routes.
    per_group: how many of one group may be away at once (0: no groups). entries: the source holds pointers.
    """

    name: str
    traits: Traits
    looking: Literal["free", "held", "leased"] = "free"
    coupled: bool = False
    receipt: Literal["exact", "search", "none"] = "none"
    dedupe_s: float = 0.0
    per_group: int = 0
    entries: bool = False

    @property
    def guarantee(self) -> Guarantee:
        """What a redrive promises here."""
        if self.coupled and self.traits.removal == "each":
            return Guarantee.EXACTLY_ONCE
        return Guarantee.COPY_ONLY if self.traits.removal == "mark" else Guarantee.AT_LEAST_ONCE


_FREE = Traits(grants={**GRANTS, Right.BULK: YES})
_CONSUMED = Traits(
    identity="digest",
    effects=frozenset({LookEffect.REDELIVERED}),
    hold_max_s=1800.0,
    held_max=65_535,
    seekable=False,
    returns="by_depth",
    grants=GRANTS,
)

SHAPES: Mapping[str, Shape] = {
    it.name: it
    for it in (
        Shape("positions", _FREE, receipt="search", dedupe_s=120.0),
        Shape("positions_exact", Traits(grants=GRANTS), coupled=True, receipt="exact"),
        Shape("classic", _CONSUMED, looking="held"),
        Shape(
            "quorum",
            Traits(
                identity="digest",
                effects=frozenset({LookEffect.REDELIVERED, LookEffect.COUNTS}),
                hold_max_s=1800.0,
                held_max=65_535,
                seekable=False,
                returns="by_depth",
                grants=GRANTS,
            ),
            looking="held",
        ),
        Shape(
            "leases",
            Traits(
                identity="id",
                effects=frozenset({LookEffect.HIDES, LookEffect.COUNTS}),
                hides_s=900.0,
                hold_max_s=840.0,
                held_max=120_000,
                ordered=False,
                seekable=False,
                complete=False,
                returns="no",
                grants=GRANTS,
            ),
            looking="leased",
        ),
        Shape(
            "fifo",
            Traits(
                identity="id",
                effects=frozenset({LookEffect.HIDES, LookEffect.COUNTS, LookEffect.LOCKS_GROUP}),
                hides_s=900.0,
                hold_max_s=840.0,
                held_max=20_000,
                reach=10,
                seekable=False,
                complete=False,
                returns="no",
                grants=GRANTS,
            ),
            looking="leased",
            dedupe_s=300.0,
            per_group=10,
        ),
        Shape("log", Traits(removal="mark", grants=GRANTS), coupled=True, receipt="exact"),
        Shape(
            "pointers",
            Traits(removal="entry", grants=GRANTS),
            receipt="search",
            dedupe_s=120.0,
            entries=True,
        ),
    )
}


def shape_named(name: str) -> Shape:
    """The shape of that name; raises `ConfigError`."""
    try:
        return SHAPES[name]
    except KeyError:
        raise ConfigError(
            f"There is no shape named {name!r}.", hint=f"Known are {', '.join(sorted(SHAPES))}."
        ) from None
