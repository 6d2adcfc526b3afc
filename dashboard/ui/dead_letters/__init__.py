"""Dead letters: the inbox of causes over all sources, and one source with its messages."""
