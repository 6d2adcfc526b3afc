"""The simulated shop and its broker: ordinary programs that use a plain client library."""
