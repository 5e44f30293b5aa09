"""Tables of a PostgreSQL database -> raw."""

from lambdas.ingest.postgres.step import pull_table

__all__ = ["pull_table"]
