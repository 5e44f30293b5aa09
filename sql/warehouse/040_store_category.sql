-- category: every category that was ever known.
-- DISTSTYLE ALL: a handful of rows that every report joins.
-- SORTKEY category_id: the join's and the load's only predicate.
-- Only the key is NOT NULL: an inferred row has nothing else yet, and a tombstone nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.category (
    category_id BIGINT NOT NULL,
    category_name VARCHAR(400),
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (category_id)
)
DISTSTYLE ALL
SORTKEY (category_id);
