-- review: every review as it stands now.
-- DISTKEY item_id: reports count by item.
-- SORTKEY date_id first: reports ask for ranges of days, and rows arrive in that order.
-- Only the key is NOT NULL: a tombstone has nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.review (
    review_id BIGINT NOT NULL,
    item_id BIGINT,
    customer_id BIGINT,
    transaction_id VARCHAR(36),
    date_id INTEGER,
    rating INTEGER,
    status VARCHAR(32),
    helpful_votes INTEGER,
    reviewed_at TIMESTAMP,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (review_id)
)
DISTSTYLE KEY
DISTKEY (item_id)
COMPOUND SORTKEY (date_id, item_id);
