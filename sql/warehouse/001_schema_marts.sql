-- marts hold what is computed of the star.
CREATE SCHEMA IF NOT EXISTS marts;
