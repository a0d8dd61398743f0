"""The child's side of the sandbox: it locks itself in, then becomes the program to be run.

Standard library only: this folder alone is put on the path of a bare interpreter (`python -I -S`),
which never sees the rest of plumb. `start.main` is its entry.
"""
