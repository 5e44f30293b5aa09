-- A deleted fact is no longer shown.
CREATE OR REPLACE VIEW public.interaction AS
SELECT
    interaction_id,
    session_id,
    customer_id,
    item_id,
    transaction_id,
    date_id,
    interaction_type,
    device,
    occurred_at
FROM store.interaction
WHERE NOT deleted;
