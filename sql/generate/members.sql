-- What gold has to say of members: how many there are, with those that are only referred to, and of
-- how many a row was sent that says who or what they are.
with good_line as (
    select
        channel,
        customer,
        item,
        past
    from told
    where fate <> 'spoiled'
    union all
    select
        channel,
        customer,
        unnest(lines).item,
        past
    from posted
    where fate <> 'spoiled'
),

-- Shops tell of the customer and the item with each line; a mail only refers to them.
member as (
    select
        'customer' as gold_table,
        channel || customer as member,
        channel in ('nord', 'hafen') as described,
        past
    from good_line
    union all
    select
        'inventory',
        channel || item,
        channel in ('nord', 'hafen'),
        past
    from good_line
    union all
    select
        'vendor',
        if(channel in ('platform', 'mail'), channel || vendor, channel),
        false,
        past
    from good_line
    inner join item on good_line.item = item.n
    union all
    select
        'customer',
        'platform' || n,
        true,
        past
    from customer_told
    where fate <> 'spoiled'
    union all
    select
        'inventory',
        'platform' || n,
        true,
        past
    from item_told
    where fate <> 'spoiled'
    union all
    select
        'vendor',
        'platform' || vendor,
        false,
        past
    from item_told
    where fate <> 'spoiled'
    union all
    select
        'vendor',
        'platform' || n,
        true,
        past
    from vendor_told
    where fate <> 'spoiled'
),

told_of as (
    select
        gold_table,
        member,
        bool_or(described) as described
    from member
    where past or not @past
    group by gold_table, member
)

select
    gold_table,
    count(*) as members,
    count(*) filter (where described) as described
from told_of
group by gold_table
order by gold_table;
