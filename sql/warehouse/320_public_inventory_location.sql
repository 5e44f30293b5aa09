-- Deleted members are shown: the facts that refer to them must still join.
CREATE OR REPLACE VIEW public.inventory_location AS
SELECT
    location_id,
    location_name,
    location_type,
    region,
    vendor_id
FROM store.inventory_location;
