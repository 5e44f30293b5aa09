-- The texts of some rows of one table. No value of a person stands in a query: engines log them.
SELECT {{ columns }}
FROM {{ table }}
WHERE {{ condition }}
