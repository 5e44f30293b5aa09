-- fulfilment: every parcel as it stands now.
-- DISTKEY transaction_id: a transaction's payments and parcels lie together, many values.
-- SORTKEY date_id first: reports ask for ranges of days, and rows arrive in that order.
-- Only the key is NOT NULL: a tombstone has nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.fulfilment (
    fulfilment_id BIGINT NOT NULL,
    transaction_id VARCHAR(36),
    vendor_id BIGINT,
    location_id BIGINT,
    date_id INTEGER,
    status VARCHAR(32),
    carrier VARCHAR(256),
    created_at TIMESTAMP,
    shipped_at TIMESTAMP,
    delivered_at TIMESTAMP,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (fulfilment_id)
)
DISTSTYLE KEY
DISTKEY (transaction_id)
COMPOUND SORTKEY (date_id, transaction_id);
