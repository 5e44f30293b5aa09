-- cart: every line that a cart ever had; lines that are gone are tombstones.
-- DISTKEY customer_id: part of the key, so the load's MERGE is co-located, and so is the join to
-- customer. SORTKEY customer_id, line_no: the MERGE's predicate, in its order.
-- Only the key is NOT NULL: an inferred row has nothing else yet, and a tombstone nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.cart (
    customer_id BIGINT NOT NULL,
    line_no INTEGER NOT NULL,
    item_id BIGINT,
    vendor_id BIGINT,
    qty INTEGER,
    unit_price DECIMAL(18, 2),
    total_price DECIMAL(18, 2),
    updated_at TIMESTAMP,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (customer_id, line_no)
)
DISTSTYLE KEY
DISTKEY (customer_id)
COMPOUND SORTKEY (customer_id, line_no);
