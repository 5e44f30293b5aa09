-- Deleted members are shown: the sales that refer to them must still join.
CREATE OR REPLACE VIEW public.vendor AS
SELECT
    vendor_id,
    vendor_name,
    region,
    joined_at
FROM store.vendor;
