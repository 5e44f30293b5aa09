-- What reconciliation compares: sales in lines, units and money.
SELECT
    COUNT(*) AS lines,
    COALESCE(SUM(qty), 0) AS units,
    COALESCE(SUM(total_price), 0) AS money
FROM sales
