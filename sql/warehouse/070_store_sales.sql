-- sales: one line of a completed transaction.
-- DISTKEY customer_id: co-located with customer, many values and no skew to one vendor or day.
-- transaction_id would co-locate only the load, whose delta is small enough to be moved.
-- SORTKEY date_id first: reports ask for ranges of days, and new sales arrive in that order, so
-- the table stays sorted without a VACUUM.
-- Only the key is NOT NULL: an inferred row has nothing else yet, and a tombstone nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.sales (
    transaction_id VARCHAR(36) NOT NULL,
    line_no INTEGER NOT NULL,
    item_id BIGINT,
    customer_id BIGINT,
    vendor_id BIGINT,
    category_id BIGINT,
    date_id INTEGER,
    unit_price DECIMAL(18, 2),
    qty INTEGER,
    total_price DECIMAL(18, 2),
    sold_at TIMESTAMP,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (transaction_id, line_no)
)
DISTSTYLE KEY
DISTKEY (customer_id)
COMPOUND SORTKEY (date_id, transaction_id);
