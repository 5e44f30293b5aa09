-- The clock of a table that counts instead of telling the time.
(SELECT max(@cursor) FROM @relation)::numeric
