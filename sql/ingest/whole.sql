-- All rows, in whatever order.
COPY (
    SELECT @columns
    FROM @relation
    WHERE
        @where
) TO STDOUT (FORMAT csv, HEADER)
