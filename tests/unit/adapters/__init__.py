"""Adapters and what they share, without a broker."""
