"""What the storyline counted in the end, and the document that says so."""

import json
from dataclasses import dataclass

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class DemoReport:
    """The end of a story; `dead` distinct messages died, so that dead = redriven + left.

    `produced` counts what the shop's programs published themselves, without what a redrive sent again. `came_back`
    counts redriven messages that died again before the fix, `redriven` those that were moved and stayed, `left` what
    lies in the dead-letter queues at the end. `pictures` are the files written, in their order.
    """

    broker: str
    produced: int
    dead: int
    came_back: int
    redriven: int
    left: int
    pictures: tuple[str, ...] = ()

    def document(self) -> str:
        """The report on one line of JSON."""
        return json.dumps(
            {
                "schema": SCHEMA,
                "broker": self.broker,
                "produced": self.produced,
                "dead": self.dead,
                "came_back": self.came_back,
                "redriven": self.redriven,
                "left": self.left,
                "pictures": list(self.pictures),
            }
        )
