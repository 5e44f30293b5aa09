-- Every column of every table that holds rows, in every schema but the engine's own.
SELECT
    columns.table_schema,
    columns.table_name,
    columns.column_name,
    columns.data_type
FROM information_schema.columns AS columns
INNER JOIN information_schema.tables AS tables
    ON
        columns.table_schema = tables.table_schema
        AND columns.table_name = tables.table_name
WHERE
    tables.table_type = 'BASE TABLE'
    AND columns.table_schema NOT IN ('information_schema', 'pg_catalog', 'pg_internal')
ORDER BY columns.table_schema, columns.table_name, columns.ordinal_position
