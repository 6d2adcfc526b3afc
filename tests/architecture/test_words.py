from __future__ import annotations

import re
import subprocess

import pytest

from tests.helpers.sources import ROOT

# Written in parts, so that this file does not hold what it looks for.
REGISTRIES = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("crates", "io"),
    ("golang", "org"),
    ("maven", "org"),
    ("maven.apache", "org"),
    ("deb.debian", "org"),
    ("archive.ubuntu", "com"),
)
FOLDERS = ("work", "root")
FORBIDDEN = re.compile(
    "|".join(
        [re.escape(".".join(parts)) for parts in REGISTRIES]
        + [rf"(?<![\w.:/$}}*~-])/{folder}/" for folder in FOLDERS]
    )
)
BINARY = {".otf", ".ttf", ".png", ".woff2"}


def tracked_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    return [name for name in listed.stdout.split("\0") if name]


def forbidden_words(text: str) -> list[str]:
    return [match.group() for match in FORBIDDEN.finditer(text)]


def test_that_no_file_names_a_package_registry_or_a_folder_of_one_machine() -> None:
    found = {}
    for name in tracked_files():
        path = ROOT / name
        if path.suffix not in BINARY and path.is_file():
            words = forbidden_words(path.read_text())
            if words:
                found[name] = words
    assert found == {}


@pytest.mark.parametrize(
    "text", ["see https://" + ".".join(REGISTRIES[0]), "cd " + "/".join(["", FOLDERS[0], "x"])]
)
def test_that_a_forbidden_word_is_found(text: str) -> None:
    assert forbidden_words(text) != []


@pytest.mark.parametrize("text", ["https://nats.io/" + FOLDERS[0] + "/x", "a home/" + FOLDERS[1] + "/b"])
def test_that_a_path_of_another_kind_is_let_through(text: str) -> None:
    assert forbidden_words(text) == []
