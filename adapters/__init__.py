"""Adapters to message brokers, behind one port.

`adapters.api` is the surface for people who write an adapter; each other package plays one kind of broker.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
