"""The Watch page: all sources in the order of need, and the past of the chosen one."""
