"""The parts of the main window: pages in tabs, commands and keys, what happened, drops, memory."""
