-- store holds what the warehouse knows (versions, tombstones); public shows the star.
CREATE SCHEMA IF NOT EXISTS store;
