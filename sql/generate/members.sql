-- What gold has to say of members: how many there are, with those that are only referred to, and of
-- how many a row was sent that says who or what they are. With what is @pulled, or without. Members
-- that are gone stay in gold, so that what they did still joins; lines in carts do not.
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

pulled_line as (
    select
        customer,
        item,
        day
    from receipt
    where @pulled and reason is null and not training
),

basket_line as (
    select
        n as customer,
        unnest(basket).item as item,
        day,
        gone
    from tea_drinker
    where @pulled and reason is null and (day = 1 or not @past)
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
    union all
    select
        unnest(['customer', 'inventory', 'vendor']),
        unnest(['fischmarkt' || customer, 'fischmarkt' || item, 'fischmarkt']),
        false,
        day = 1
    from pulled_line
    union all
    select
        unnest(['inventory', 'vendor']),
        unnest(['fischmarkt' || n, 'fischmarkt']),
        unnest([true, false]),
        day = 1
    from article
    where @pulled and reason is null
    union all
    select
        'customer',
        'fischmarkt' || n,
        email is not null,
        day = 1
    from shopper
    where @pulled and reason is null
    union all
    select
        unnest(['inventory', 'vendor']),
        unnest(['teehaus' || n, 'teehaus']),
        unnest([title is not null, false]),
        day = 1
    from product
    where @pulled and reason is null
    union all
    select
        unnest(['inventory', 'vendor']),
        unnest(['teehaus' || item, 'teehaus']),
        false,
        day = 1
    from basket_line
    union all
    select
        'customer',
        'teehaus' || n,
        mail is not null,
        day = 1
    from tea_drinker
    where @pulled and reason is null
),

in_carts as (
    select *
    from basket_line
    qualify day = max(day) over (partition by customer) and not gone
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
union all
select
    'cart',
    count(*),
    count(*)
from in_carts
order by gold_table;
