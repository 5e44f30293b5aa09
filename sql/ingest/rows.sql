-- The next rows of a span in the order of its marks; rows with equal marks are never told apart.
COPY (
    SELECT @columns
    FROM @relation
    WHERE
        @within
        AND (
            @where
        )
    ORDER BY @order
    FETCH FIRST @rows ROWS WITH TIES
) TO STDOUT (FORMAT csv, HEADER)
