-- interaction: everything that visitors did with items.
-- DISTKEY session_id: a visit is counted on one node, and there is no skew; customer_id is NULL
-- for most, and all of those would come to lie on one slice.
-- SORTKEY date_id first: reports ask for ranges of days, and rows arrive in that order.
-- Only the key is NOT NULL: a tombstone has nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.interaction (
    interaction_id BIGINT NOT NULL,
    session_id VARCHAR(36),
    customer_id BIGINT,
    item_id BIGINT,
    transaction_id VARCHAR(36),
    date_id INTEGER,
    interaction_type VARCHAR(32),
    device VARCHAR(32),
    occurred_at TIMESTAMP,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (interaction_id)
)
DISTSTYLE KEY
DISTKEY (session_id)
COMPOUND SORTKEY (date_id, session_id);
