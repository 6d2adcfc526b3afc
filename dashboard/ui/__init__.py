"""The window: widgets that know the bridge and the core, and nothing below."""
