"""The contract suite that every adapter passes, importable by anyone who writes one."""
