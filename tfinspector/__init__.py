"""tfinspector: look into TensorFlow files, restore them, see what is wrong and what moved.

The rooms, in the direction everything flows (a room imports only what stands before it):

    contents    what a file contains and what was found out: frozen data, spoken by all
    formats     bytes to contents, without TensorFlow
    analysis    blocks of numbers to figures
    diagnosis   contents to findings
    worker      the child process, the only place where TensorFlow is imported
    engine      what both faces do: open, list, measure, check, load, restore, repair
    cli         commands
    viewmodels  the state of the window
    views       its widgets
"""

__version__ = "0.1.0"
