-- A window's bounds as the column spells them.
SELECT
    (@start)::text,
    (@end)::text
