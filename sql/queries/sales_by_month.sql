-- Sales month by month, in lines, units and money.
SELECT
    d.year AS sale_year,
    d.month AS sale_month,
    COUNT(*) AS lines,
    SUM(s.qty) AS units,
    SUM(s.total_price) AS money
FROM sales AS s
INNER JOIN "date" AS d ON s.date_id = d.date_id
GROUP BY d.year, d.month
ORDER BY d.year, d.month
