-- category_tree: every category's place in the tree; places given up are tombstones.
-- DISTSTYLE ALL: a handful of rows that a recursive query reads again and again.
-- SORTKEY category_id: the join's and the load's only predicate.
-- Only the key is NOT NULL: a tombstone has nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.category_tree (
    category_id BIGINT NOT NULL,
    parent_id BIGINT,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (category_id)
)
DISTSTYLE ALL
SORTKEY (category_id);
