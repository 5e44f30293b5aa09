-- Of each month's visits, by device: how many put something into a cart, and how many bought.
WITH visit AS (
    SELECT
        session_id,
        MIN(device) AS device,
        MIN(date_id) AS date_id,
        MAX(CASE WHEN interaction_type = 'cart_add' THEN 1 ELSE 0 END) AS filled,
        MAX(CASE WHEN interaction_type = 'purchase' THEN 1 ELSE 0 END) AS bought
    FROM interaction
    GROUP BY session_id
)

SELECT
    "date".year,
    "date".month,
    visit.device,
    COUNT(*) AS visits,
    SUM(visit.filled) AS with_cart,
    SUM(visit.bought) AS with_purchase
FROM visit
INNER JOIN "date" ON visit.date_id = "date".date_id
GROUP BY "date".year, "date".month, visit.device
ORDER BY "date".year, "date".month, visit.device
