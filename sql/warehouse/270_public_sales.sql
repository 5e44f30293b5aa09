-- A deleted fact is no longer shown.
CREATE OR REPLACE VIEW public.sales AS
SELECT
    transaction_id,
    line_no,
    item_id,
    customer_id,
    vendor_id,
    category_id,
    date_id,
    unit_price,
    qty,
    total_price,
    sold_at
FROM store.sales
WHERE NOT deleted;
