-- coupon: every coupon that was ever known, ended ones too, so that their payments join.
-- DISTSTYLE ALL: few beside the payments that they join.
-- SORTKEY coupon_id: the join's and the load's only predicate.
-- Only the key is NOT NULL: an inferred row has nothing else yet, and a tombstone nothing more.
-- The primary key informs the planner; nothing enforces it but the load.
CREATE TABLE IF NOT EXISTS store.coupon (
    coupon_id BIGINT NOT NULL,
    coupon_code VARCHAR(256),
    discount_type VARCHAR(32),
    discount_value DECIMAL(18, 2),
    minimum_spend DECIMAL(18, 2),
    vendor_id BIGINT,
    valid_from TIMESTAMP,
    valid_until TIMESTAMP,
    version VARCHAR(64) NOT NULL,
    deleted BOOLEAN NOT NULL,
    PRIMARY KEY (coupon_id)
)
DISTSTYLE ALL
SORTKEY (coupon_id);
