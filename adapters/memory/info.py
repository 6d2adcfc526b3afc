"""What the in-memory broker is, for the registry; it is not listed, as it watches nothing real."""

from adapters.api import AdapterInfo, FieldSpec
from adapters.memory.shapes import SHAPES

INFO = AdapterInfo(
    kind="memory",
    title="In memory",
    icon="layers",
    schemes=("memory",),
    factory="adapters.memory.adapter:connect",
    fields=(
        FieldSpec("url", "Address", placeholder="memory://trial", required=True),
        FieldSpec("shape", "Shape", kind="choice", default="positions", choices=tuple(sorted(SHAPES))),
        FieldSpec("dead", "Dead letters", kind="number", default="0"),
    ),
    capabilities=(
        ("Watch depth", "yes"),
        ("Rates", "yes, from totals"),
        ("Consumer lag", "no"),
        ("Find dead-letter sources", "yes"),
        ("Look without side effect", "by shape"),
        ("Redrive chosen messages", "yes"),
        ("Guarantee", "by shape"),
        ("Find copies after a crash", "by shape"),
        ("Purge chosen messages", "yes"),
        ("Broker's own purge", "by shape"),
    ),
    example="memory://trial?shape=classic&dead=100",
    listed=False,
)
