"""Fonts, icons, SQL and texts that ship inside the wheel."""
