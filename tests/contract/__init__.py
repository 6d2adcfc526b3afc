"""Every adapter against the contract suite."""
