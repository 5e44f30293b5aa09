-- The columns that there are, each with its type (of a domain, what it is over) and whether it may be NULL.
SELECT
    attribute.attname::text,
    format_type(CASE kind.typtype WHEN 'd' THEN kind.typbasetype ELSE kind.oid END, NULL),
    (NOT attribute.attnotnull)::text
FROM pg_catalog.pg_attribute AS attribute
INNER JOIN pg_catalog.pg_class AS relation ON attribute.attrelid = relation.oid
INNER JOIN pg_catalog.pg_namespace AS namespace ON relation.relnamespace = namespace.oid
INNER JOIN pg_catalog.pg_type AS kind ON attribute.atttypid = kind.oid
WHERE
    namespace.nspname = @schema
    AND relation.relname = @table
    AND attribute.attnum > 0
    AND NOT attribute.attisdropped
ORDER BY attribute.attnum
