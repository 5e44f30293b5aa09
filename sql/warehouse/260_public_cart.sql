-- A deleted fact is no longer shown.
CREATE OR REPLACE VIEW public.cart AS
SELECT
    customer_id,
    line_no,
    item_id,
    vendor_id,
    qty,
    unit_price,
    total_price,
    updated_at
FROM store.cart
WHERE NOT deleted;
