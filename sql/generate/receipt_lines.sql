-- The lines that Fischmarkt's till has committed by the end of a day.
select
    id,
    'R-' || order_no as receipt,
    line_no as line,
    sku,
    customer,
    qty,
    unit_price,
    sold_at,
    training
from receipt
where day <= @day
order by id;
