-- A deleted fact is no longer shown.
CREATE OR REPLACE VIEW public.fulfilment AS
SELECT
    fulfilment_id,
    transaction_id,
    vendor_id,
    location_id,
    date_id,
    status,
    carrier,
    created_at,
    shipped_at,
    delivered_at
FROM store.fulfilment
WHERE NOT deleted;
