"""What Alembic runs: the scripts, on the connection and in the transaction that it was given."""

from __future__ import annotations

from alembic import context

from licet.ledger.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
