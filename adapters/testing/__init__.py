"""The contract suite that every adapter passes, importable by anyone who writes one.

Derive a `Harness` from `adapters.testing.harness`, give it by a fixture named `harness`, and derive a test class from
`adapters.testing.suite.AdapterContract` or from the behaviours you want. It needs pytest, pytest-asyncio and
blockbuster; the pytest plugin comes with the installed package.
"""
