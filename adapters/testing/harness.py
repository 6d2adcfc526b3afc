"""What the contract suite needs to know of a broker, and to do to it behind the adapter's back."""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Sequence

from adapters.api import Adapter, DeadLetter, Disconnected, Payload, TargetRef


class Harness(ABC):
    """One broker with one dead-letter source and one target, as the suite sees it.

    Whoever writes an adapter derives from this, gives it to the tests by a fixture named `harness`, and puts the
    classes of the suite together::

        class TestMine(TakeContract, PublishContract, ...):
            @pytest.fixture
            def harness(self) -> Iterator[Harness]: ...

    `source` and `target` exist, `missing` does not. Where messages have groups, `make_dead` gives each its own.
    `follows` says whether `tail(target)` is supported. `deaths` are the exceptions that end a broken run.
    """

    name: str
    source: str
    target: TargetRef
    missing: TargetRef
    follows: bool = False
    deaths: tuple[type[BaseException], ...] = (Disconnected,)

    def __init__(self) -> None:
        self.verdicts: dict[str, str] = {}
        self._names = itertools.count(1)

    def unique(self) -> str:
        """A name that no test has used."""
        return f"{self.name}-{next(self._names)}"

    def declare(self, capability: str, verdict: str) -> None:
        """Takes down what the adapter said of itself, for the report at the end of the run."""
        self.verdicts[capability] = verdict

    @abstractmethod
    async def connect(self) -> Adapter:
        """A new adapter, open."""

    @abstractmethod
    def invalid(self, secret: str) -> Adapter:
        """An adapter that cannot open, with this secret among its credentials; may raise as `open` would."""

    @abstractmethod
    async def reset(self) -> None:
        """Empties source and target; nothing that an earlier run did is left."""

    @abstractmethod
    async def make_dead(self, payloads: Sequence[Payload]) -> None:
        """Puts dead letters into the source, in order."""

    @abstractmethod
    async def read_all(self) -> Sequence[Payload]:
        """What lies in the source, held or not, in order, without an effect; marked originals are not among it."""

    @abstractmethod
    async def copies(self) -> Sequence[Payload]:
        """What lies in the target, in order."""

    @abstractmethod
    async def remake(self) -> None:
        """Deletes the source and makes one of the same name."""

    @abstractmethod
    async def arm(self, step: int) -> None:
        """Lets the connection break at the step of that number, from 1, counted from now: before, in or after an act."""

    @abstractmethod
    async def disarm(self) -> bool:
        """Whether it broke; from now on connections hold again."""

    @abstractmethod
    async def sever(self) -> None:
        """Cuts all connections and takes no new ones."""

    @abstractmethod
    async def heal(self) -> None:
        """Takes connections again."""

    @abstractmethod
    async def let_leases_end(self) -> None:
        """Lets pass the time that leases last; nothing to do where none outlive a connection."""

    async def count(self) -> int:
        """How many lie in the source."""
        return len(await self.read_all())


def same(sent: Payload, read: DeadLetter | Payload) -> bool:
    """Whether body and headers are those sent; a broker may add headers of its own."""
    payload = read.payload if isinstance(read, DeadLetter) else read
    if not isinstance(payload, Payload):
        return False
    names = {header.name for header in sent.headers}
    kept = [(it.name, it.value) for it in payload.headers if it.name in names]
    return payload.body == sent.body and kept == [(it.name, it.value) for it in sent.headers]
