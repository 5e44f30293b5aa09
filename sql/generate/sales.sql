-- What gold has to say of sales, month by month, of all that is sent before the increment (@past)
-- or of all; with what is @pulled, or without.
with good as (
    select
        channel,
        order_no,
        line_no,
        sold_at,
        unit_price,
        qty,
        cancelled,
        changed_at,
        past
    from told
    where fate <> 'spoiled'
    union all
    select
        channel,
        order_no,
        unnest(lines).line_no,
        sold_at,
        unnest(lines).unit_price,
        unnest(lines).qty,
        cancelled,
        changed_at,
        past
    from posted
    where fate <> 'spoiled'
    union all
    select
        'fischmarkt',
        order_no,
        line_no,
        sold_at,
        unit_price,
        qty,
        false,
        added_at,
        day = 1
    from receipt
    where @pulled and reason is null and not training
),

latest as (
    select
        channel,
        order_no,
        line_no,
        max_by({
            'sold_at': sold_at,
            'unit_price': unit_price,
            'qty': qty,
            'cancelled': cancelled
        }, changed_at) as known
    from good
    where past or not @past
    group by channel, order_no, line_no
)

select
    strftime(known.sold_at, '%Y-%m') as month,
    count(*) as lines,
    cast(sum(known.qty) as bigint) as units,
    cast(sum(known.qty * known.unit_price) as varchar) as money
from latest
where not known.cancelled
group by month
order by month;
