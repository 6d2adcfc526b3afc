"""Publishing."""

from adapters.api import Adapter, Copy, Effect, Outgoing, RedriveError
from adapters.testing.contract import ODD, Contract, payloads
from adapters.testing.harness import Harness


class PublishContract(Contract):
    """One answer a message, in order: a confirmed copy, or an error that says what is known."""

    async def test_that_copies_are_byte_exact(self, adapter: Adapter, harness: Harness) -> None:
        run = harness.unique()
        outs = [Outgoing(harness.target, it, f"{run}/{number}") for number, it in enumerate(ODD)]
        results = await adapter.publish(outs)
        assert [type(it) for it in results] == [Copy] * len(ODD)
        assert all(isinstance(it, Copy) and it.ref.target == harness.target for it in results)
        self.assert_same(ODD, list(await harness.copies()))

    async def test_that_nothing_is_published_for_nothing(self, adapter: Adapter, harness: Harness) -> None:
        assert not await adapter.publish([])
        assert not await harness.copies()

    async def test_that_a_missing_target_is_an_answer_and_no_break(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        first, second = payloads(2)
        run = harness.unique()
        missing, copied = await adapter.publish(
            [Outgoing(harness.missing, first, f"{run}/1"), Outgoing(harness.target, second, f"{run}/2")]
        )
        assert isinstance(missing, RedriveError)
        assert missing.effect is Effect.NOT_DONE
        assert isinstance(copied, Copy)
        self.assert_same([second], list(await harness.copies()))

    async def test_that_a_key_sent_twice_makes_one_copy_where_declared(
        self, adapter: Adapter, harness: Harness
    ) -> None:
        route = await self.route(adapter, harness)
        (payload,) = payloads(1)
        out = Outgoing(harness.target, payload, f"{harness.unique()}/1")
        await adapter.publish([out])
        (again,) = await adapter.publish([out])
        assert isinstance(again, Copy)
        assert again.duplicate is (route.dedupe_s > 0)
        assert len(await harness.copies()) == (1 if route.dedupe_s > 0 else 2)
