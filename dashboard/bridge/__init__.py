"""The one place where asyncio and Qt meet."""
