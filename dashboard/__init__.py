"""Redrive: watch queues, inspect dead letters and bring them back without losing one."""
