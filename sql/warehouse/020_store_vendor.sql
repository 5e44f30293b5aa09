-- vendor: every vendor that was ever known.
-- DISTSTYLE ALL: small and joined to every sale; a copy on each node saves the redistribution.
-- SORTKEY vendor_id: the join's and the load's only predicate.
-- Only the key is NOT NULL: an inferred row has nothing else yet, and a tombstone nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.vendor (
    vendor_id BIGINT NOT NULL,
    vendor_name VARCHAR(800),
    region VARCHAR(400),
    joined_at TIMESTAMP,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (vendor_id)
)
DISTSTYLE ALL
SORTKEY (vendor_id);
