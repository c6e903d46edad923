"""What was measured once is not measured again: figures by the identity of what was read.

`identity` names a tensor's bytes as they lie in their file now; `store` keeps bodies of bytes by
such names, in one SQLite file for all processes; `packing` turns figures into bodies and back;
`measuring` and `pairs` look there first, and so does `engine.comparing` (`remembered`); `places`
says where the file is. Whatever happens to that file costs time only: what is not found there, or
does not decode, is measured.
"""
