-- payment: every payment as it stands now.
-- DISTKEY transaction_id: a transaction's payments and parcels lie together, and it has many
-- values; customer_id may be NULL, and all of those would come to lie on one slice.
-- SORTKEY date_id first: reports ask for ranges of days, and rows arrive in that order.
-- Only the key is NOT NULL: a tombstone has nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.payment (
    payment_id BIGINT NOT NULL,
    transaction_id VARCHAR(36),
    customer_id BIGINT,
    coupon_id BIGINT,
    date_id INTEGER,
    method VARCHAR(32),
    status VARCHAR(32),
    amount DECIMAL(18, 2),
    discount DECIMAL(18, 2),
    refunded_amount DECIMAL(18, 2),
    paid_at TIMESTAMP,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (payment_id)
)
DISTSTYLE KEY
DISTKEY (transaction_id)
COMPOUND SORTKEY (date_id, transaction_id);
