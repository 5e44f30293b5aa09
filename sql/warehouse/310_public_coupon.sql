-- Deleted members are shown: the facts that refer to them must still join.
CREATE OR REPLACE VIEW public.coupon AS
SELECT
    coupon_id,
    coupon_code,
    discount_type,
    discount_value,
    minimum_spend,
    vendor_id,
    valid_from,
    valid_until
FROM store.coupon;
