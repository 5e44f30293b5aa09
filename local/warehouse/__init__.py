"""A stand-in for the Redshift Data API over an embedded PostgreSQL; it knows none of our tables."""
