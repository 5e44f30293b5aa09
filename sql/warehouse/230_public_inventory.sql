-- Deleted members are shown: the sales that refer to them must still join.
CREATE OR REPLACE VIEW public.inventory AS
SELECT
    item_id,
    item_name,
    category,
    price,
    updated_at,
    vendor_id
FROM store.inventory;
