"""Helpers that several adapters share and no broker owns."""
