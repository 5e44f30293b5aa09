-- How items are rated, best first; a review counts as verified if its purchase is known.
SELECT
    review.item_id,
    inventory.item_name,
    CAST(AVG(CAST(review.rating AS DECIMAL(10, 4))) AS DECIMAL(3, 2)) AS rating,
    COUNT(*) AS reviews,
    COUNT(review.transaction_id) AS verified
FROM review
INNER JOIN inventory ON review.item_id = inventory.item_id
WHERE review.status IS NULL OR review.status = 'published'
GROUP BY review.item_id, inventory.item_name
ORDER BY rating DESC, reviews DESC, review.item_id ASC
