"""The command line: every view of the window, headless, with `--json`."""
