"""Load, decide, record: everything anybody can do.

A use case takes the unit of work first, the library second, and then what the person said.
"""
