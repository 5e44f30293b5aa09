-- A deleted fact is no longer shown.
CREATE OR REPLACE VIEW public.payment AS
SELECT
    payment_id,
    transaction_id,
    customer_id,
    coupon_id,
    date_id,
    method,
    status,
    amount,
    discount,
    refunded_amount,
    paid_at
FROM store.payment
WHERE NOT deleted;
