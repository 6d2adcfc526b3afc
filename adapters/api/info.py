"""The static description of an adapter, readable without its driver."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from adapters.api.config import ConnectionSpec, FieldSpec
from adapters.api.errors import MissingDriver
from adapters.api.port import Adapter
from adapters.api.services import Services

Factory = Callable[[ConnectionSpec, Services], Adapter]


@dataclass(frozen=True, slots=True)
class AdapterInfo:
    """One kind of connection.

    `schemes` are the URL schemes it answers to. `factory` is "module:callable", imported only when a connection is
    opened. `driver` is the importable library, `extra` the name in `pip install redrive[EXTRA]`. `capabilities`
    are (words, support) rows for the capability table, one a capability of `CAPABILITIES`.
    """

    kind: str
    title: str
    icon: str
    schemes: tuple[str, ...]
    factory: str
    fields: tuple[FieldSpec, ...]
    capabilities: tuple[tuple[str, str], ...]
    driver: str = ""
    extra: str = ""
    example: str = ""
    default_port: int | None = None
    listed: bool = True

    def load(self) -> Factory:
        """Imports the adapter; raises `MissingDriver` when its library is absent."""
        module, _, name = self.factory.partition(":")
        try:
            return cast(Factory, getattr(importlib.import_module(module), name))
        except ModuleNotFoundError as error:
            if self.driver and error.name and error.name.split(".")[0] == self.driver.split(".")[0]:
                raise MissingDriver(
                    f"{self.title} needs the library {self.driver}, which is not installed.",
                    hint=f"Run: pip install 'redrive[{self.extra}]'",
                ) from error
            raise


CAPABILITIES: Sequence[str] = (
    "Watch depth",
    "Rates",
    "Consumer lag",
    "Find dead-letter sources",
    "Look without side effect",
    "Redrive chosen messages",
    "Guarantee",
    "Find copies after a crash",
    "Purge chosen messages",
    "Broker's own purge",
)
"""Rows of the adapter table, the same words for every adapter."""
