-- What two shops have of which nobody sends files: Fischmarkt in its database, Teehaus behind its API.
-- Both are seen on two days: the first is the last one of history, the second that of the increment.
-- `reason` is that under which a row is refused, if it is.

-- A till's lines are only ever added: one that is corrected comes again under a higher id. Of the last
-- ids of the first day some are committed too late to be seen then. None is called off.
create or replace table receipt as
with first_state as (
    select
        *,
        sold_at as added_at,
        asked(item, year(if(past, sold_at, cut))) as unit_price,
        1 as state
    from line, span
    where channel = 'fischmarkt'
),

second_state as (
    select * replace (later as added_at, qty + 1 as qty, 2 as state)
    from first_state
    where change < 6 and later < until
),

every_state as (
    from first_state
    union all
    from second_state
),

numbered as (
    select
        *,
        row_number() over (order by added_at, n, state) as id,
        count(*) filter (where added_at < cut) over () as last_id,
        concat_ws('/', n, state) as name,
        drawn('training', name, 25) = 0 as training,
        case
            when fated('receipt', name) = 'spoiled' then drawn('receipt kind', name, 3)
        end as spoilt
    from every_state
)

select
    id,
    last_id,
    order_no,
    line_no,
    item,
    customer,
    sold_at,
    added_at,
    training,
    if(spoilt = 0, null, 'A-' || item) as sku,
    if(spoilt = 1, -unit_price, unit_price) as unit_price,
    if(spoilt = 2, 0, qty) as qty,
    ['missing_field', 'out_of_range', 'out_of_range'][1 + spoilt] as reason,
    if(id < last_id and id > last_id - 20 and id % 3 = 0 or id > last_id, 2, 1) as day
from numbered
order by id;

-- The others change their rows: `day` is the first on which a row is so, `gone` that it is no longer.
create or replace macro becomes(what, n) as case drawn(what, n, 8)
    when 0 then 'new'
    when 1 then 'gone'
    when 2 then 'other'
    else 'same'
end;

create or replace macro days_of(fate) as case fate
    when 'new' then [2]
    when 'same' then [1]
    else [1, 2]
end;

-- A row that is gone is as it was before: that is what is told of it.
create or replace macro spoils(what, n, day, gone) as
    fated(what, concat_ws('/', n, if(gone, 1, day))) = 'spoiled';

-- Every third customer is one of a shop's; who is late comes on the second day.
create or replace macro customers_of(what, third) as table
select
    *,
    if(late, 'new', becomes(what, n)) as fate,
    unnest(days_of(fate)) as day,
    fate = 'gone' and day = 2 as gone,
    spoils(what, n, day, gone) as spoilt
from customer
where n % 3 = third;

-- Nobody deletes an article.
create or replace table article as
with states as (
    select
        n,
        title,
        if(becomes('article', n) = 'gone', 'same', becomes('article', n)) as fate,
        unnest(days_of(fate)) as day,
        spoils('article', n, day, false) as spoilt
    from item
)

select
    n,
    day,
    'A-' || n as sku,
    if(spoilt, null, title) as title,
    asked(n, year(if(day = 1, since, until))) + day as price,
    if(day = 1, since, cut) + to_hours(drawn('changed', n, 20)) as changed_at,
    if(spoilt, 'missing_field', null) as reason
from states, span
order by n, day;

create or replace table shopper as
select
    n,
    day,
    gone,
    first_name,
    last_name || if(day = 2, '-Hansen', '') as last_name,
    if(spoilt, null, email) as email,
    joined_at as since,
    if(spoilt and not gone, 'missing_field', null) as reason
from customers_of('shopper', 0)
order by n, day;

create or replace table product as
with states as (
    select
        n,
        title,
        becomes('product', n) as fate,
        unnest(days_of(fate)) as day,
        fate = 'gone' and day = 2 as gone,
        spoils('product', n, day, gone) as spoilt,
        drawn('product kind', n, 2) = 0 as nameless
    from item
)

select
    n,
    day,
    gone,
    if(spoilt and nameless, null, title) as title,
    cast(100 * asked(n, year(until)) as bigint) + day as fair,
    if(spoilt and not nameless, -fair, fair) as cents,
    fate = 'other' and day = 2 and drawn('discontinued', n, 3) = 0 as discontinued,
    if(day = 1, since, cut) + to_hours(drawn('modified', n, 20)) as modified_at,
    case
        when not spoilt or gone then null
        when nameless then 'missing_field'
        else 'out_of_range'
    end as reason
from states, span
order by n, day;

-- Each has a basket, of which a person only ever wants more.
create or replace table tea_drinker as
select
    n,
    day,
    gone,
    first_name,
    last_name,
    if(spoilt, null, day || '-' || email) as mail,
    joined_at as member_since,
    [{
        'pos': pos,
        'item': drawn('tea', concat_ws('/', n, pos), @items),
        'pieces': day + drawn('pieces', concat_ws('/', n, pos), 3),
        'cents': 100 + drawn('tea price', concat_ws('/', n, pos), 2000)
    } for pos in range(1, 1 + drawn('basket', n, 4))] as basket,
    if(spoilt and not gone, 'missing_field', null) as reason
from customers_of('tea drinker', 1)
order by n, day;
