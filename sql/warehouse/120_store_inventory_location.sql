-- inventory_location: every place where stock ever lay.
-- DISTSTYLE ALL: a handful of rows that every report of stock joins.
-- SORTKEY location_id: the join's and the load's only predicate.
-- Only the key is NOT NULL: an inferred row has nothing else yet, and a tombstone nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.inventory_location (
    location_id BIGINT NOT NULL,
    location_name VARCHAR(800),
    location_type VARCHAR(32),
    region VARCHAR(400),
    vendor_id BIGINT,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (location_id)
)
DISTSTYLE ALL
SORTKEY (location_id);
