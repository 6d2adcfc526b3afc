"""The files of the program and the version of each."""

from dashboard.store.database import Schema

REDRIVE = Schema("redrive", major=1, minor=1, synchronous="FULL", precious=True)
"""Ledger, journal, archive index: what must never be lost."""

DEAD = Schema("dead", major=1, minor=1)
"""Snapshots of dead-letter sources: may be deleted."""

HISTORY = Schema("history", major=1, minor=1)
"""Measures over time: set aside and begun anew when damaged."""
