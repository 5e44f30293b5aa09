-- Members of the dimensions: how many there are, and of how many it is known who or what they are. And
-- lines in carts.
SELECT 'cart' AS gold_table, COUNT(*) AS members, COUNT(total_price) AS described
FROM cart
UNION ALL
SELECT 'customer' AS gold_table, COUNT(*) AS members, COUNT(email) AS described
FROM customer
UNION ALL
SELECT 'inventory' AS gold_table, COUNT(*) AS members, COUNT(item_name) AS described
FROM inventory
UNION ALL
SELECT 'vendor' AS gold_table, COUNT(*) AS members, COUNT(vendor_name) AS described
FROM vendor
