"""Run migrations on the connection that the store hands over."""

from alembic import context

import engine.store.accounts
import engine.store.registers  # noqa: F401 - its tables join the metadata
from engine.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
