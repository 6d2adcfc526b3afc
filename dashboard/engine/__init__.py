"""The asyncio side: it polls brokers, reads dead letters and carries out runs, without a window."""
