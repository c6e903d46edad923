"""The engine: what both faces of the program do. No Qt, no printing."""
