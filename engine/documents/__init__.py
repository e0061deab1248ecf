"""Papers: facts in, Word files out; the only package that knows Word.

Templates are Word files in a small subset of docxtpl's dialect (docs/templates.md).  No database, no
files, no clock: everything is handed in as bytes and values, and equal input gives equal bytes.
"""
