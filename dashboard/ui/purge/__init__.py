"""Purge as a plan of its own, and the archives that are restored from."""
