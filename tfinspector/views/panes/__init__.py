"""The panes below the pages: findings, tasks, the worker's log."""
