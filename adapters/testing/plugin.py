"""pytest plugin of the contract suite: its mark, a watch on the event loop, and a report of what adapters declare."""

from collections.abc import Iterator

import pytest

from adapters.testing.harness import Harness

SUITE = (
    "cancelling",
    "contract",
    "cutting",
    "errors",
    "following",
    "gate",
    "lifecycle",
    "looking",
    "moving",
    "publishing",
    "purging",
    "sampling",
    "settling",
    "taking",
)

pytest.register_assert_rewrite(*(f"adapters.testing.{name}" for name in SUITE))

_REPORT = pytest.StashKey[dict[str, "_Row"]]()


class _Row:
    """What one harness declared, and how its tests ended."""

    def __init__(self) -> None:
        self.verdicts: dict[str, str] = {}
        self.passed = 0
        self.failed = 0


def pytest_configure(config: pytest.Config) -> None:
    """Registers the mark."""
    config.addinivalue_line("markers", "contract: a property that every adapter has, or declares not to have")
    config.stash[_REPORT] = {}


@pytest.fixture(autouse=True)
def _loop_watched(request: pytest.FixtureRequest) -> Iterator[None]:
    """A contract test fails when the adapter blocks the event loop."""
    if request.node.get_closest_marker("contract") is None:
        yield
        return
    from blockbuster import blockbuster_ctx

    with blockbuster_ctx():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Counts contract tests by harness."""
    report = yield
    harness = getattr(item, "funcargs", {}).get("harness")
    if call.when == "call" and isinstance(harness, Harness):
        row = item.config.stash[_REPORT].setdefault(harness.name, _Row())
        row.verdicts.update(harness.verdicts)
        if call.excinfo is None:
            row.passed += 1
        else:
            row.failed += 1
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What each adapter declares, held against the suite."""
    rows = config.stash[_REPORT]
    if not rows:
        return
    terminalreporter.section("adapter contracts")
    for name, row in sorted(rows.items()):
        end = f"{row.passed} hold" + (f", {row.failed} DO NOT" if row.failed else "")
        declared = " · ".join(f"{what}: {verdict}" for what, verdict in sorted(row.verdicts.items()))
        terminalreporter.line(f"{name}: {end}")
        terminalreporter.line(f"    {declared or 'nothing declared'}")
