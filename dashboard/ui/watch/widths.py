"""How wide the columns of Watch are: what tells least goes first where there is no room for the names."""

from collections.abc import Sequence

from dashboard.ui.watch import words

WIDE = {
    words.MARK: 34,
    words.NAME: 202,
    words.KIND: 118,
    words.WAITING: 84,
    words.SPARK: 104,
    words.CHANGE: 68,
    words.IN: 62,
    words.OUT: 62,
    words.IN_FLIGHT: 68,
    words.CONSUMERS: 78,
    words.OLDEST: 96,
    words.VERDICT: 128,
    words.DEAD: 96,
}
NARROW = {**WIDE, words.KIND: 40, words.VERDICT: 136}
NARROW_BELOW = 1208
NET_WIDTH = 62
_GIVEN_UP: tuple[tuple[int, ...], ...] = (
    (words.IN_FLIGHT,),
    (words.IN, words.OUT),
    (words.OLDEST,),
    (words.CHANGE,),
    (words.SPARK,),
    (words.CONSUMERS,),
)
"""In this order; in and out become one column of what is left between them."""


def widths(room: int) -> Sequence[int]:
    """The width of each column in `room` pixels, 0 for hidden ones; what is left over is for the name."""
    shown = dict(WIDE if room >= NARROW_BELOW else NARROW)
    for columns in _GIVEN_UP:
        if sum(shown.values()) <= room:
            break
        for column in columns:
            del shown[column]
        if words.IN in columns:
            shown[words.NET] = NET_WIDTH
    return [shown.get(column, 0) for column in range(len(words.COLUMNS))]
