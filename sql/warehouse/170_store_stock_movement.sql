-- stock_movement: all that came to a place or left it.
-- DISTKEY item_id: an item's stock is summed on one node.
-- SORTKEY date_id first: reports ask for ranges of days, and rows arrive in that order.
-- Only the key is NOT NULL: a tombstone has nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.stock_movement (
    movement_id BIGINT NOT NULL,
    item_id BIGINT,
    location_id BIGINT,
    transaction_id VARCHAR(36),
    date_id INTEGER,
    movement_type VARCHAR(32),
    qty INTEGER,
    moved_at TIMESTAMP,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (movement_id)
)
DISTSTYLE KEY
DISTKEY (item_id)
COMPOUND SORTKEY (date_id, item_id);
