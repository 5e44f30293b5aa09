-- What sources tell, as rows that are sent. `fate` is what becomes of a row: it is sent once, sent
-- twice, or spoiled, as a share of @mess of all rows are, half of them each. What is called off needs
-- little more than its key, so it is never spoiled.
create or replace macro fated(what, n, cancelled := false) as case
    when drawn(what, n, 1000000) < @mess * 500000 then 'twice'
    when drawn(what, n, 1000000) < @mess * 1000000 and not cancelled then 'spoiled'
    else 'sent'
end;

-- Lines: each as it was sold, and some again, as called off or corrected.
create or replace table told as
with first_state as (
    select
        *,
        sold_at as changed_at,
        false as cancelled,
        asked(item, year(if(past, sold_at, cut))) as unit_price,
        1 as state
    from line, span
    where channel in ('platform', 'nord')
),

second_state as (
    select
        * replace (
            later as changed_at,
            change < 4 as cancelled,
            if(change < 4, qty, qty + 1) as qty,
            2 as state
        )
    from first_state
    where change < 6 and later < until
),

every_state as (
    from first_state
    union all
    from second_state
)

select
    channel,
    order_no,
    line_no,
    item,
    customer,
    sold_at,
    changed_at,
    cancelled,
    unit_price,
    qty,
    changed_at < cut as past,
    fated('line', concat_ws('/', n, state), cancelled) as fate,
    drawn('kind', concat_ws('/', n, state), 1000000) as kind
from every_state
order by changed_at, n;

-- Orders that are told of one by one with their lines: by a shop that posts each, and again once it
-- is called off, and by mail.
create or replace table posted as
with first_state as (
    select
        channel,
        order_no,
        customer,
        sold_at,
        sold_at as changed_at,
        false as cancelled,
        change,
        until,
        max(later) as later,
        list({
            'line_no': line_no,
            'item': item,
            'unit_price': asked(item, year(cut)),
            'qty': qty
        } order by line_no) as lines
    from line, span
    where channel in ('hafen', 'mail')
    group by channel, order_no, customer, sold_at, change, until
),

every_state as (
    from first_state
    union all
    select * replace (later as changed_at, true as cancelled)
    from first_state
    where channel = 'hafen' and change < 4 and later < until
)

select
    channel,
    order_no,
    customer,
    sold_at,
    changed_at,
    cancelled,
    lines,
    false as past,
    fated('order', concat_ws('/', order_no, cancelled), cancelled) as fate,
    drawn('kind', concat_ws('/', order_no, cancelled), 1000000) as kind
from every_state
order by changed_at, order_no;

-- Members of the dimensions. A customer of the increment comes some days after the first orders.
create or replace table customer_told as
select
    customer.*,
    not late as past,
    if(late, least(joined_at + to_days(2), until - to_seconds(1)), joined_at) as sent_at,
    fated('customer', n) as fate,
    drawn('customer kind', n, 1000000) as kind
from customer, span
order by sent_at, n;

create or replace table item_told as
select
    item.*,
    greatest(since, make_timestamp(of_year, 1, 1, 0, 0, 0)) as changed_at,
    asked(n, of_year) as price,
    true as past,
    fated('item', concat_ws('/', n, of_year)) as fate,
    drawn('item kind', concat_ws('/', n, of_year), 1000000) as kind
from item, span, range(year(since), year(cut - to_microseconds(1)) + 1) as years(of_year)
order by changed_at, n;

create or replace table vendor_told as
select
    vendor.*,
    true as past,
    fated('vendor', n) as fate,
    drawn('vendor kind', n, 1000000) as kind
from vendor
order by n;
