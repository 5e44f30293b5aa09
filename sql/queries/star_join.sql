-- Every sale with its item, customer, vendor, category and date: the same SQL on Athena and on
-- the warehouse.
SELECT
    sales.transaction_id,
    sales.line_no,
    customer.first_name,
    customer.last_name,
    inventory.item_name,
    category.category_name,
    vendor.vendor_name,
    "date".year,
    "date".month,
    "date".day,
    sales.qty,
    sales.unit_price,
    sales.total_price
FROM sales
INNER JOIN inventory ON sales.item_id = inventory.item_id
INNER JOIN customer ON sales.customer_id = customer.customer_id
INNER JOIN vendor ON sales.vendor_id = vendor.vendor_id
INNER JOIN category ON sales.category_id = category.category_id
INNER JOIN "date" ON sales.date_id = "date".date_id
ORDER BY sales.transaction_id, sales.line_no
LIMIT 10
