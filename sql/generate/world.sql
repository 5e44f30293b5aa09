-- Who sells, what is sold and who buys, drawn from the seed. Sizes: @customers, @items, @vendors;
-- time: from @since to @until, of which the increment is what comes from @cut on.
create or replace macro drawn(what, n, below) as
    cast(hash(@seed, what, n) % below as bigint);

create or replace macro among(what, n, words) as words[1 + drawn(what, n, len(words))];

create or replace macro asked(item, of_year) as cast(
    (100 + drawn('price', item, 20000) + drawn('raise', concat_ws('-', item, of_year), 500)) / 100
    as decimal(18, 2)
);

create or replace table span as
select
    cast(@since as timestamp) as since,
    cast(@cut as timestamp) as cut,
    cast(@until as timestamp) as until;

create or replace table vendor as
select
    n,
    among('trade', n, ['Books', 'Tools', 'Kaffee', 'Früchte', 'Ångström', 'Σοφία']) || ' ' || n
        as vendor_name,
    among('region', n, ['North', 'South', 'East', 'West']) as region,
    since as joined_at
from range(@vendors) as numbers(n), span;

create or replace table item as
select
    n,
    among('title', n, ['Löffel', 'Atlas', 'Kettle', 'Tee "Föhr"', 'Rope, 5 m', 'Ñandú']) || ' ' || n
        as title,
    drawn('vendor', n, @vendors) as vendor
from range(@items) as numbers(n);

-- Of the customers, one in twenty comes in the increment only.
create or replace table customer as
with numbered as (
    select
        n,
        n >= @customers - @customers // 20 as late
    from range(@customers) as numbers(n)
)

select
    n,
    late,
    among('first', n, ['Ada', 'Jörg', 'Søren', 'Ayse', 'Zoë', 'Lin', 'Grace']) as first_name,
    among('last', n, ['Lovelace', 'Müller', 'Ångström', 'Demir', 'O''Neil', 'Null']) as last_name,
    'c' || n || '@@example.org' as email,
    date_trunc('second', if(late, cut, since) + to_microseconds(
        drawn('joined', n, date_diff('microsecond', if(late, cut, since), if(late, until, cut)))
    )) as joined_at
from numbered, span;

-- An order has one to four lines. Nine tenths of all lines are history. One order in ten is that of a
-- shop with a database of its own; of the other later ones some go to shops that send files.
create or replace table line as
with numbered as (
    select
        n,
        4 * (n // 10) + [0, 1, 1, 2, 2, 2, 3, 3, 3, 3][1 + n % 10] as order_no,
        [1, 1, 2, 1, 2, 3, 1, 2, 3, 4][1 + n % 10] as line_no,
        1 + 4 * ((@lines * 9 // 10) // 10) as old,
        1 + 4 * (@lines // 10) + 3 as orders
    from range(@lines) as numbers(n)
),

timed as (
    select
        *,
        order_no < old as past,
        if(past, since, cut) as begins,
        date_diff('microsecond', begins, if(past, cut, until)) as lasts,
        if(past, old, orders - old) as among_them,
        if(past, order_no, order_no - old) as place
    from numbered, span
),

placed as (
    select
        *,
        date_trunc('second', begins + to_microseconds(
            cast(place * (cast(lasts as hugeint) // among_them) as bigint)
            + drawn('moment', order_no, greatest(lasts // among_them, 1))
        )) as sold_at,
        drawn('customer', order_no, 1000000) / 1e6 as far
    from timed
)

select
    n,
    past,
    order_no,
    line_no,
    drawn('item', n, @items) as item,
    if(
        past or drawn('newcomer', order_no, 10) > 0,
        cast(floor(far * far * (@customers - @customers // 20)) as bigint),
        @customers - 1 - drawn('newest', order_no, greatest(@customers // 20, 1))
    ) as customer,
    sold_at,
    1 + drawn('qty', n, 5) as qty,
    case
        when drawn('till', order_no, 10) = 0 then 'fischmarkt'
        when past then 'platform'
        when drawn('mailed', order_no, 20) = 0 then 'mail'
        when drawn('channel', order_no, 10) < 6 then 'platform'
        when drawn('channel', order_no, 10) < 8 then 'nord'
        else 'hafen'
    end as channel,
    sold_at + to_days(1 + drawn('later', n, 5)) + to_seconds(drawn('seconds', n, 3600)) as later,
    drawn('change', if(channel in ('hafen', 'mail'), order_no, n), 100) as change
from placed;
