-- Sales of each category together with those of all categories below it, up to nine steps down:
-- Athena follows no recursion further than ten.
WITH RECURSIVE belongs (category_id, ancestor_id, steps) AS (
    SELECT
        category_id,
        category_id AS ancestor_id,
        0 AS steps
    FROM category
    UNION ALL
    SELECT
        belongs.category_id,
        category_tree.parent_id AS ancestor_id,
        belongs.steps + 1 AS steps
    FROM belongs
    INNER JOIN category_tree ON belongs.ancestor_id = category_tree.category_id
    WHERE category_tree.parent_id IS NOT NULL AND belongs.steps < 9
)

SELECT
    category.category_id,
    category.category_name,
    SUM(sales.qty) AS pieces,
    SUM(sales.total_price) AS revenue
FROM sales
INNER JOIN belongs ON sales.category_id = belongs.category_id
INNER JOIN category ON belongs.ancestor_id = category.category_id
GROUP BY category.category_id, category.category_name
ORDER BY category.category_id
