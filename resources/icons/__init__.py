"""Icons of the window, from Lucide, drawn with `currentColor`."""
