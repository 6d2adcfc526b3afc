"""Redrive, purge and restore: one engine for all, with a gate that decides and a ledger that remembers."""
