"""Charts over time. Imported after the first paint: the plotting library takes a while to load."""
