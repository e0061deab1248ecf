"""What the facts of registers are called, by subject; :mod:`engine.documents.naming` reads them."""
