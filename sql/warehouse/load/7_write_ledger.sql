-- A load that is delivered again finds its row, and adds none.
INSERT INTO store.load_ledger (run, table_name, retry, applied)
SELECT
    {{ run }},
    {{ table_name }},
    {{ retry }},
    newer.applied
FROM (SELECT COUNT(*) AS applied FROM stage) AS newer
WHERE NOT EXISTS (
    SELECT 1
    FROM store.load_ledger AS earlier
    WHERE earlier.run = {{ run }} AND earlier.table_name = {{ table_name }}
);
