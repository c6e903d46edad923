"""The pane Sources: what is open, how it is called and how it is, runs put together by hand."""
