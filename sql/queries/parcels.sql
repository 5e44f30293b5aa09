-- How parcels fare, by carrier.
SELECT
    carrier,
    COUNT(*) AS parcels,
    COUNT(shipped_at) AS shipped,
    COUNT(delivered_at) AS delivered,
    SUM(CASE WHEN status IN ('lost', 'returned') THEN 1 ELSE 0 END) AS gone_wrong
FROM fulfilment
GROUP BY carrier
ORDER BY carrier
