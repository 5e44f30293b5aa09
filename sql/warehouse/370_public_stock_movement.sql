-- A deleted fact is no longer shown.
CREATE OR REPLACE VIEW public.stock_movement AS
SELECT
    movement_id,
    item_id,
    location_id,
    transaction_id,
    date_id,
    movement_type,
    qty,
    moved_at
FROM store.stock_movement
WHERE NOT deleted;
