-- A deleted fact is no longer shown.
CREATE OR REPLACE VIEW public.category_tree AS
SELECT
    category_id,
    parent_id
FROM store.category_tree
WHERE NOT deleted;
