"""Errors: of one tree, with what is known of their effect, and without a secret."""

import pytest

from adapters.api import Adapter, ConfigError, ConnectError, Disconnected, Outgoing, RedriveError, Scope
from adapters.testing.contract import CLOSE_S, Contract, payloads
from adapters.testing.harness import Harness

SECRET = "s3cr3t-zebra-quartz"  # noqa: S105 - looked for in messages, opens nothing


class ErrorContract(Contract):
    """What goes wrong says who can act and what is known."""

    async def test_that_a_broker_that_is_away_cannot_be_reached(self, harness: Harness) -> None:
        await harness.sever()
        with pytest.raises(ConnectError):
            await harness.connect()
        await harness.heal()
        adapter = await harness.connect()
        await adapter.close(CLOSE_S)

    async def test_that_every_call_over_a_broken_connection_says_so(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        await harness.make_dead(payloads(3))
        source = await self.source(adapter, harness)
        await harness.sever()
        with pytest.raises((Disconnected, ConnectError)):
            await adapter.sweep(Scope([harness.source]))
        with pytest.raises((Disconnected, ConnectError)):
            await self.look(adapter, source)
        await harness.heal()
        assert await harness.count() == 3

    async def test_that_publishing_over_a_broken_connection_copies_nothing_unsaid(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        outs = [
            Outgoing(harness.target, it, f"{harness.unique()}/{n}") for n, it in enumerate(payloads(2), 1)
        ]
        await harness.sever()
        results = await self._publish(adapter, outs)
        await harness.heal()
        assert all(isinstance(it, Disconnected) for it in results)
        assert not await harness.copies()

    async def test_that_a_wrong_specification_is_told_by_the_tree(self, harness: Harness) -> None:
        with pytest.raises((ConfigError, ConnectError)) as raised:
            await harness.invalid(SECRET).open()
        assert raised.value.message
        assert str(raised.value).endswith((".", "'", "?"))

    async def _publish(self, adapter: Adapter, outs: list[Outgoing]) -> list[object]:
        try:
            return list(await adapter.publish(outs))
        except RedriveError as error:
            return [error]


class SecretContract(Contract):
    """No secret is ever shown."""

    async def test_that_no_error_holds_a_secret(self, harness: Harness) -> None:
        with pytest.raises(RedriveError) as raised:
            await harness.invalid(SECRET).open()
        error: BaseException | None = raised.value
        while error is not None:
            assert SECRET not in f"{error} {error!r} {error.args}"
            error = error.__cause__ or error.__context__

    async def test_that_no_adapter_shows_a_secret(self, harness: Harness) -> None:
        try:
            shown = repr(harness.invalid(SECRET))
        except RedriveError as error:
            shown = repr(error)
        assert SECRET not in shown
