"""An in-memory broker: the oracle of the contract suite."""
