-- Whether there are rows that no pass can reach.
SELECT exists(
    SELECT 1
    FROM @relation
    WHERE
        (@missing)
        AND (
            @where
        )
)::text
