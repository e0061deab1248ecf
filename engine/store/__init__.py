"""The database and the file store; decides nothing."""

from engine.store.database import Store, open
from engine.store.unit_of_work import Public

__all__ = ["Public", "Store", "open"]
