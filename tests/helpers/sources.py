"""The repository's own files, for tests that look at the code itself."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("adapters", "dashboard", "resources")


def modules(*tops: str) -> list[Path]:
    """The Python files below these top folders, sorted."""
    return sorted(path for top in tops for path in (ROOT / top).rglob("*.py"))


def dotted(path: Path) -> str:
    """The name by which a module of the repository is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def relative(path: Path) -> str:
    """A path as a person reads it in a failure."""
    return str(path.relative_to(ROOT))
