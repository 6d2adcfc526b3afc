"""Tests a connection in place: opens it, asks what the account may do, looks around, closes."""

import asyncio

from adapters.api import Adapter, Clock, Disconnected, Grant, Probe, RedriveError, Resource, Right, Scope
from dashboard.core import words
from dashboard.core.connections import Connection, TestFinding, TestResult
from dashboard.engine.supervisor import CLOSE_S, discovered, opened

_RIGHTS = {
    Right.WATCH: "Watch",
    Right.READ: "Look at messages",
    Right.PUBLISH: "Redrive",
    Right.REMOVE: "Remove messages",
    Right.BULK: "The broker's own purge",
}
_VERDICTS = {"yes": ("yes", True), "no": ("no", False), "untried": ("told when it is used", None)}
_SWEEP_S = 15.0


async def try_adapter(adapter: Adapter, connection: Connection, clock: Clock) -> TestResult:
    """The test's result; errors become findings with their remedy. Changes nothing."""
    began = clock.monotonic()
    try:
        probe = await opened(adapter)
        resources, missed = await discovered(adapter)
        read = await _swept(adapter)
    except RedriveError as error:
        return failed(error, clock.monotonic() - began)
    finally:
        await adapter.close(CLOSE_S)
    findings = [_reached(probe), *_rights(connection, probe), _found(resources, missed), read]
    findings += [TestFinding("Note", "", None, note) for note in probe.notes]
    good = all(finding.good is not False for finding in findings)
    headline = f"{connection.name} answers." if good else f"{connection.name} answers, but not all will work."
    return TestResult(ok=True, headline=headline, findings=tuple(findings), took_s=clock.monotonic() - began)


def failed(error: RedriveError, took_s: float) -> TestResult:
    """The result of a test that an error ended."""
    finding = TestFinding("Connect", "no", good=False, text=error.message, remedy=error.hint)
    return TestResult(ok=False, headline=error.message, findings=(finding,), took_s=took_s)


def _reached(probe: Probe) -> TestFinding:
    server = f"{probe.server} {probe.version}".strip() or "The server"
    took = f"{max(probe.rtt_s * 1_000, 1):,.0f} ms"
    return TestFinding("Connect", "yes", good=True, text=f"{server} answered in {took}.")


def _rights(connection: Connection, probe: Probe) -> list[TestFinding]:
    return [
        _right(title, probe.grants[right], read_only=connection.read_only and right not in _READS)
        for right, title in _RIGHTS.items()
        if right in probe.grants
    ]


_READS = frozenset({Right.WATCH, Right.READ})


def _right(title: str, grant: Grant, *, read_only: bool) -> TestFinding:
    if read_only:
        return TestFinding(title, "read-only", None, "This connection is read-only.", "")
    verdict, good = _VERDICTS[grant.verdict]
    return TestFinding(title, verdict, good, grant.why, grant.remedy)


def _found(resources: list[Resource], missed: tuple[str, ...]) -> TestFinding:
    dead = sum(resource.dead is not None for resource in resources)
    text = f"{words.plural(len(resources), 'resource')}, {words.plural(dead, 'dead-letter source')} by name or policy."
    if missed:
        return TestFinding("Look around", "partly", good=False, text=f"{text} Not seen: {' '.join(missed)}")
    return TestFinding("Look around", "yes", good=True, text=text)


async def _swept(adapter: Adapter) -> TestFinding:
    try:
        async with asyncio.timeout(_SWEEP_S):
            sweep = await adapter.sweep(Scope())
    except TimeoutError as error:
        raise Disconnected(f"No numbers within {words.duration(_SWEEP_S)}.") from error
    text = f"Depths of {words.plural(len(sweep.names), 'resource')} read in {max(sweep.took_s * 1_000, 1):,.0f} ms."
    return TestFinding(
        "Read numbers",
        "partly" if sweep.troubles else "yes",
        good=not sweep.troubles,
        text=" ".join((text, *sweep.troubles)),
    )
