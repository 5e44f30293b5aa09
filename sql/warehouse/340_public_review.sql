-- A deleted fact is no longer shown.
CREATE OR REPLACE VIEW public.review AS
SELECT
    review_id,
    item_id,
    customer_id,
    transaction_id,
    date_id,
    rating,
    status,
    helpful_votes,
    reviewed_at
FROM store.review
WHERE NOT deleted;
