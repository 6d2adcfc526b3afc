"""Finds adapters by kind or URL scheme through the entry-point group, without importing a driver."""

import difflib
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points

from adapters.api import AdapterInfo, ConfigError, UnknownKind, split_url

GROUP = "redrive.adapters"


def installed() -> Iterable[EntryPoint]:
    """The entry points of this environment."""
    return entry_points(group=GROUP)


class Registry:
    """All adapter kinds of this environment.

    A third party's broken entry point does not hide the others: its trouble is kept in `troubles`.
    """

    def __init__(self, found: Callable[[], Iterable[EntryPoint]] = installed) -> None:
        self.troubles: dict[str, str] = {}
        self._infos: dict[str, AdapterInfo] = {}
        for entry in found():
            self._read(entry)

    def _read(self, entry: EntryPoint) -> None:
        try:
            info = entry.load()
        except (ImportError, AttributeError, SyntaxError) as error:
            self.troubles[entry.name] = f"{entry.value} cannot be loaded: {error}"
            return
        if not isinstance(info, AdapterInfo):
            self.troubles[entry.name] = f"{entry.value} is not an AdapterInfo"
        elif info.kind in self._infos:
            self.troubles[entry.name] = f"{entry.value} wants the kind {info.kind}, which is taken"
        else:
            self._infos[info.kind] = info

    def infos(self) -> list[AdapterInfo]:
        """All kinds by title."""
        return sorted(self._infos.values(), key=lambda info: info.title)

    def by_kind(self, kind: str) -> AdapterInfo:
        """The kind named; raises `UnknownKind` with what was perhaps meant."""
        try:
            return self._infos[kind]
        except KeyError:
            raise UnknownKind(f"There is no adapter of the kind {kind!r}.", hint=self._meant(kind)) from None

    def by_url(self, url: str) -> AdapterInfo:
        """The kind that answers to the URL's scheme; raises `ConfigError` or `UnknownKind`."""
        scheme = split_url(url).scheme
        for info in self._infos.values():
            if scheme in info.schemes:
                return info
        raise UnknownKind(f"No adapter answers to {scheme}://.", hint=self._meant(scheme))

    def _meant(self, word: str) -> str:
        known = {name: name for name in self._infos}
        for info in self._infos.values():
            if info.listed:
                known.update({scheme: f"{scheme}://" for scheme in info.schemes})
        close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
        if close:
            return f"Did you mean {known[close[0]]}?"
        listed = sorted({name for info in self._infos.values() if info.listed for name in info.schemes})
        if not listed:
            raise ConfigError(
                "No adapter is installed.", hint="Install redrive again with an extra, as redrive[nats]."
            )
        return f"Known are {', '.join(f'{name}://' for name in listed)}."
