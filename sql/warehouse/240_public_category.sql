-- Deleted members are shown: the sales that refer to them must still join.
CREATE OR REPLACE VIEW public.category AS
SELECT
    category_id,
    category_name
FROM store.category;
