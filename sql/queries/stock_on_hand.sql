-- How many pieces of each item lie where, from all that ever moved there.
SELECT
    stock_movement.item_id,
    inventory.item_name,
    inventory_location.location_name,
    SUM(stock_movement.qty) AS pieces
FROM stock_movement
INNER JOIN inventory ON stock_movement.item_id = inventory.item_id
INNER JOIN inventory_location ON stock_movement.location_id = inventory_location.location_id
GROUP BY stock_movement.item_id, inventory.item_name, inventory_location.location_name
HAVING SUM(stock_movement.qty) <> 0
ORDER BY stock_movement.item_id, inventory_location.location_name
