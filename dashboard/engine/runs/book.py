"""A run's unfinished items in memory, and the word of the ledger on each message that a pass meets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.api import MessageRef, Order, Wanted
from dashboard.store.ledger_rows import Item

IDLE, ACTIVE, COPIED, OVER = range(4)


@dataclass(slots=True)
class Entry:
    """One item and where it is: planned, in flight, copied (its original still to be removed), or over."""

    item: Item
    at: int


class Book:
    """Which message is which item. Twins share a key; which of them is met first does not matter."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._by_n: dict[int, Entry] = {}
        self._by_key: dict[str, list[Entry]] = {}
        for item in items:
            entry = Entry(item, COPIED if item.copied else IDLE)
            self._by_n[item.n] = entry
            self._by_key.setdefault(item.key, []).append(entry)

    def wanted(self) -> Wanted:
        """The refs of all that is planned or copied, in the order of the source."""
        refs: dict[str, list[MessageRef]] = {}
        for entry in self._by_n.values():
            if entry.at == IDLE or entry.at == COPIED:  # noqa: PLR1714 - a set a message costs more than both
                item = entry.item
                refs.setdefault(item.key, []).append(MessageRef(item.key, item.nth, item.digest))
        return Wanted(refs)

    def order(self, ref: MessageRef) -> tuple[Order, int]:
        """The order for a met message and its item; item 0 where there is none.

        Among twins SEND comes before LEAVE and LEAVE before REMOVE: an identical message that was not chosen is never
        removed.
        """
        entries = self._by_key.get(ref.key, ())
        for entry in entries:
            if entry.at == IDLE:
                entry.at = ACTIVE
                return Order.SEND, entry.item.n
        for entry in entries:
            if entry.at in {COPIED, OVER} and entry.item.twins == 1 and entry.item.digest == ref.digest:
                return Order.REMOVE, entry.item.n
        return Order.LEAVE, 0

    def planned(self, ref: MessageRef) -> int:
        """The planned item that is this very message; 0 where there is none."""
        for entry in self._by_key.get(ref.key, ()):
            if entry.at == IDLE and entry.item.digest == ref.digest:
                return entry.item.n
        return 0

    def item(self, n: int) -> Item:
        """The item numbered `n`."""
        return self._by_n[n].item

    def put(self, ns: Iterable[int], at: int) -> None:
        """Moves items to a place."""
        for n in ns:
            self._by_n[n].at = at

    def is_at(self, n: int, at: int) -> bool:
        """Whether item `n` is there."""
        return self._by_n[n].at == at

    def those(self, at: int) -> Sequence[Item]:
        """Items at a place, in order."""
        return [entry.item for entry in self._by_n.values() if entry.at == at]
