"""The whole contract in one class."""

from adapters.testing.cancelling import CancelContract
from adapters.testing.cutting import CutContract
from adapters.testing.errors import ErrorContract, SecretContract
from adapters.testing.following import TailContract
from adapters.testing.lifecycle import LifecycleContract
from adapters.testing.looking import LookContract
from adapters.testing.moving import MoveContract
from adapters.testing.publishing import PublishContract
from adapters.testing.purging import PurgeContract
from adapters.testing.sampling import SamplingContract
from adapters.testing.settling import SettleContract
from adapters.testing.taking import TakeContract

__all__ = ["AdapterContract"]


class AdapterContract(
    LifecycleContract,
    SamplingContract,
    LookContract,
    TakeContract,
    MoveContract,
    PurgeContract,
    PublishContract,
    SettleContract,
    CutContract,
    CancelContract,
    TailContract,
    ErrorContract,
    SecretContract,
):
    """All that is asked of an adapter with dead letters; the fixture `harness` is all that is missing."""
