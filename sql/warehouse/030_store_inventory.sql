-- inventory: every item that was ever offered.
-- DISTSTYLE ALL: sales is already distributed by customer, so this join could not be co-located;
-- a copy on each node costs little up to a few million items. Past that: DISTKEY (item_id).
-- SORTKEY item_id: the join's and the load's only predicate.
-- Only the key is NOT NULL: an inferred row has nothing else yet, and a tombstone nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.inventory (
    item_id BIGINT NOT NULL,
    item_name VARCHAR(800),
    category BIGINT,
    price DECIMAL(18, 2),
    updated_at TIMESTAMP,
    vendor_id BIGINT,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (item_id)
)
DISTSTYLE ALL
SORTKEY (item_id);
