"""The widgets of the window; they know the bridge and the core only."""
