-- A deleted fact is no longer shown.
CREATE OR REPLACE VIEW public.loyalty_entry AS
SELECT
    entry_id,
    customer_id,
    transaction_id,
    date_id,
    entry_type,
    points,
    booked_at
FROM store.loyalty_entry
WHERE NOT deleted;
