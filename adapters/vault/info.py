"""What the vault is, readable without opening it."""

from adapters.api import CAPABILITIES, AdapterInfo

_SUPPORT = {
    "Watch depth": "exact",
    "Rates": "–",
    "Consumer lag": "–",
    "Find dead-letter sources": "each archive",
    "Look without side effect": "yes",
    "Redrive chosen messages": "yes (restore)",
    "Guarantee": "at least once",
    "Find copies after a crash": "–",
    "Purge chosen messages": "–",
    "Broker's own purge": "–",
}

INFO = AdapterInfo(
    kind="vault",
    title="Archives of this program",
    icon="archive",
    schemes=("vault",),
    factory="adapters.vault.adapter:VaultAdapter",
    fields=(),
    capabilities=tuple((name, _SUPPORT[name]) for name in CAPABILITIES),
    example="vault:",
    listed=False,
)
