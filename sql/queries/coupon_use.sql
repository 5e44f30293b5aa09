-- What coupons took off, and what was paid with them, of payments that went through.
SELECT
    coupon.coupon_id,
    coupon.coupon_code,
    COUNT(*) AS payments,
    SUM(payment.discount) AS taken_off,
    SUM(payment.amount - COALESCE(payment.refunded_amount, 0)) AS paid
FROM payment
INNER JOIN coupon ON payment.coupon_id = coupon.coupon_id
WHERE payment.status IN ('captured', 'refunded')
GROUP BY coupon.coupon_id, coupon.coupon_code
ORDER BY coupon.coupon_id
