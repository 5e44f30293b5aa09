-- Deleted members are shown: the sales that refer to them must still join.
CREATE OR REPLACE VIEW public."date" AS
SELECT
    date_id,
    year,
    month,
    day
FROM store."date";
