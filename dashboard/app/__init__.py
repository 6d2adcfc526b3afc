"""Puts the window together: engine, bridge, window; the only place that knows them all."""
