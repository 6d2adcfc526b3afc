"""Run a module as if Qt were not installed: `python -m tests.helpers.without_qt MODULE ARGUMENTS…`."""

from __future__ import annotations

import runpy
import sys
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

QT = frozenset({"PySide6", "pyqtgraph", "shiboken6"})


class QtIsMissing(MetaPathFinder):
    """Refuses each part of Qt the way a missing package does."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        top = fullname.partition(".")[0]
        if top in QT:
            raise ModuleNotFoundError(f"No module named '{top}'", name=top)
        return None


def main() -> None:
    sys.meta_path.insert(0, QtIsMissing())
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
