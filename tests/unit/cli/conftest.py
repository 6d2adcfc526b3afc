"""Fixtures of the command line's unit tests."""

import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest
import structlog

from tests.unit.cli.fake_desk import SHOP, FakeDesk
from tests.unit.cli.harness import Cli


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(known=[SHOP])


@pytest.fixture
def cli(tmp_path: Path, desk: FakeDesk) -> Iterator[Cli]:
    root = logging.getLogger()
    level = root.level
    yield Cli(tmp_path / "home", desk)
    for handler in [item for item in root.handlers if isinstance(item, RotatingFileHandler)]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()
