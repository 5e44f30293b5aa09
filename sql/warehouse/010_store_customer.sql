-- customer: every customer that was ever known, deleted ones too, so that their sales join.
-- DISTKEY customer_id: sales is distributed by it too, so this join, the star's largest, stays
-- on the node. SORTKEY customer_id: the join's and the load's only predicate.
-- Only the key is NOT NULL: an inferred row has nothing else yet, and a tombstone nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.customer (
    customer_id BIGINT NOT NULL,
    first_name VARCHAR(400),
    last_name VARCHAR(400),
    email VARCHAR(1280),
    joined_at TIMESTAMP,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (customer_id)
)
DISTSTYLE KEY
DISTKEY (customer_id)
SORTKEY (customer_id);
