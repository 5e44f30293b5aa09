-- loyalty_entry: every booking in customers' points.
-- DISTKEY customer_id: a balance is summed on one node, beside customer and sales.
-- SORTKEY date_id first: reports ask for ranges of days, and rows arrive in that order.
-- Only the key is NOT NULL: a tombstone has nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.loyalty_entry (
    entry_id BIGINT NOT NULL,
    customer_id BIGINT,
    transaction_id VARCHAR(36),
    date_id INTEGER,
    entry_type VARCHAR(32),
    points INTEGER,
    booked_at TIMESTAMP,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (entry_id)
)
DISTSTYLE KEY
DISTKEY (customer_id)
COMPOUND SORTKEY (date_id, customer_id);
