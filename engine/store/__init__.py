"""The database and the file store; decides nothing."""

from engine.store.database import Store, open

__all__ = ["Store", "open"]
