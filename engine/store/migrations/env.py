"""Run migrations on the connection that the store hands over."""

from alembic import context

import engine.store.accounts
import engine.store.alerts
import engine.store.ballot_scans
import engine.store.comments
import engine.store.dispatches
import engine.store.examinations
import engine.store.handover
import engine.store.hands
import engine.store.owner_codes
import engine.store.photos
import engine.store.print_runs
import engine.store.prints
import engine.store.registers
import engine.store.returns
import engine.store.roster_imports
import engine.store.roster_proposals
import engine.store.signed_copies
import engine.store.template_versions
import engine.store.terms
import engine.store.undone
import engine.store.uploads
import engine.store.views
import engine.store.waivers  # noqa: F401 - their tables join the metadata
from engine.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
