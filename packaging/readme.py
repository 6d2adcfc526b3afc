"""Writes the adapter × capability table into README.md, or with --check says whether it is up to date."""

import argparse
import sys
from pathlib import Path

from adapters.api import CAPABILITIES
from adapters.registry import Registry

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- capabilities: written by packaging/readme.py -->", "<!-- end of capabilities -->"


def table() -> str:
    """The table in Markdown, one row an adapter that is listed."""
    infos = [info for info in Registry().infos() if info.listed]
    lines = [f"| | {' | '.join(info.title for info in infos)} |", f"|---|{'---|' * len(infos)}"]
    for name in CAPABILITIES:
        cells = [dict(info.capabilities).get(name, "no") for info in infos]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    """Exit code 1 where the table in the README is not that of the code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    text = README.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    fresh = f"{before}{BEGIN}\n{table()}\n{END}{after}"
    if fresh == text:
        return 0
    if check:
        print(
            "README.md: the capability table is not that of the code. Run: python packaging/readme.py",
            file=sys.stderr,
        )
        return 1
    README.write_text(fresh, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
