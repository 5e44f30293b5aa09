-- Members of the dimensions: how many there are, and of how many it is known who or what they are.
SELECT 'customer' AS gold_table, COUNT(*) AS members, COUNT(email) AS described
FROM customer
UNION ALL
SELECT 'inventory' AS gold_table, COUNT(*) AS members, COUNT(item_name) AS described
FROM inventory
UNION ALL
SELECT 'vendor' AS gold_table, COUNT(*) AS members, COUNT(vendor_name) AS described
FROM vendor
