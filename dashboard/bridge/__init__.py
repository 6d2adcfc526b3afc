"""Where the engine's loop meets the window's thread; nothing else knows both."""
