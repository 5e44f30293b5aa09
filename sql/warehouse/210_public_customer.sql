-- Deleted members are shown: the sales that refer to them must still join.
CREATE OR REPLACE VIEW public.customer AS
SELECT
    customer_id,
    first_name,
    last_name,
    email,
    joined_at
FROM store.customer;
