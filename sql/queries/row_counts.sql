-- Rows that an analyst sees; a dimension member without a name has only been inferred so far.
SELECT 'customer' AS table_name, COUNT(first_name) AS known, COUNT(*) AS total FROM customer
UNION ALL
SELECT 'vendor' AS table_name, COUNT(vendor_name) AS known, COUNT(*) AS total FROM vendor
UNION ALL
SELECT 'inventory' AS table_name, COUNT(item_name) AS known, COUNT(*) AS total FROM inventory
UNION ALL
SELECT 'category' AS table_name, COUNT(category_name) AS known, COUNT(*) AS total FROM category
UNION ALL
SELECT 'cart' AS table_name, COUNT(item_id) AS known, COUNT(*) AS total FROM cart
UNION ALL
SELECT 'sales' AS table_name, COUNT(item_id) AS known, COUNT(*) AS total FROM sales
