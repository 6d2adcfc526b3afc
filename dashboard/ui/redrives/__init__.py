"""Redrives: the list of runs, the plan before one, and a run while it goes."""
