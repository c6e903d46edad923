"""Analysis: blocks of an array to figures. No files, no Qt."""
