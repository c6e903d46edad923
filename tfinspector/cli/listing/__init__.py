"""`tfinspector list`: what a source holds, from a cold process as fast as can be.

`answer` reads and writes; `command` gives it its options, `page` its words.
"""
