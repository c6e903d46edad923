"""Copy as Python: what a page shows, as a script of plain TensorFlow, NumPy and h5py.

One module for each page; `reading` has what all of them need to open a source. A script imports
nothing of this program, has its paths and names written into it, and prints the page's figures.
(Calls are in `engine.calling_code`, restores in `engine.restoring.code`.)
"""
