"""Where the engine leaves news: the latest value of each key, for one window and any number of headless readers."""

import asyncio
import threading
from collections.abc import Callable

from dashboard.core.desk import MailKey, Wake

News = dict[MailKey, object]


class _Box:
    """Conflates by key: a value not yet fetched is replaced, and keeps its place in the row."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: News = {}

    def put(self, key: MailKey, value: object) -> bool:
        """Whether the box was empty before."""
        with self._lock:
            empty = not self._values
            self._values[key] = value
            return empty

    def fetch(self, budget: int | None) -> News:
        """At most `budget` values, oldest key first."""
        with self._lock:
            if budget is None or budget >= len(self._values):
                taken, self._values = self._values, {}
                return taken
            return {key: self._values.pop(key) for key in list(self._values)[:budget]}

    def __len__(self) -> int:
        return len(self._values)


class Subscription:
    """A headless reader's own box; made and awaited on one event loop."""

    def __init__(self, leave: Callable[["Subscription"], None]) -> None:
        self._box = _Box()
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        self._leave = leave

    async def news(self) -> News:
        """Waits until there is any; then all of it."""
        await self._event.wait()
        self._event.clear()
        return self._box.fetch(None)

    def close(self) -> None:
        """Ends the subscription."""
        self._leave(self)

    def put(self, key: MailKey, value: object) -> None:
        """Takes one value, from any thread."""
        if self._box.put(key, value):
            try:
                self._loop.call_soon_threadsafe(self._event.set)
            except RuntimeError:  # The reader's loop has ended; nobody waits any more.
                self._leave(self)


class Mailbox:
    """Thread-safe. `post` never waits; a slow reader sees fewer values, never old ones after new ones."""

    def __init__(self) -> None:
        self._box = _Box()
        self._wake: Wake | None = None
        self._lock = threading.Lock()
        self._subscriptions: tuple[Subscription, ...] = ()

    def post(self, key: MailKey, value: object) -> None:
        """Leaves a value for the window and for each subscription."""
        first = self._box.put(key, value)
        wake = self._wake
        if first and wake is not None:
            wake()
        for subscription in self._subscriptions:
            subscription.put(key, value)

    def on_news(self, wake: Wake | None) -> None:
        """Sets what is called, in the posting thread, when the empty box gets its first value; at once if it has one.

        None stops the calls.
        """
        self._wake = wake
        if wake is not None and len(self._box):
            wake()

    def drain(self, budget: int) -> News:
        """At most `budget` values, oldest key first; no further wake comes until all were taken."""
        return self._box.fetch(budget)

    def __len__(self) -> int:
        return len(self._box)

    def subscribe(self) -> Subscription:
        """A box of one's own on the running loop."""
        subscription = Subscription(self._unsubscribe)
        with self._lock:
            self._subscriptions = (*self._subscriptions, subscription)
        return subscription

    def _unsubscribe(self, leaving: Subscription) -> None:
        with self._lock:
            self._subscriptions = tuple(one for one in self._subscriptions if one is not leaving)
