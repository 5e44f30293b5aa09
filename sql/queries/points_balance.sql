-- Each customer's points.
SELECT
    customer_id,
    SUM(points) AS points
FROM loyalty_entry
GROUP BY customer_id
ORDER BY customer_id
