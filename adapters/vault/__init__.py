"""Archived dead letters, played as a source of their own."""
