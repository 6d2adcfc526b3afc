"""Fonts of the window: Inter and JetBrains Mono, under the SIL Open Font License."""
