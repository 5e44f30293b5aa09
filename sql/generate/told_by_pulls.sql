-- What the pull of a day tells: how many rows of each mapping's are taken, are tombstones, or are
-- refused under which reason. Of rows that count, as Fischmarkt's lines do, each pull reads the last
-- @overlap numbers again.
with told as (
    select
        'fischmarkt-articles' as source,
        reason,
        false as gone
    from article
    where day = @day
    union all
    select
        'fischmarkt-receipts',
        reason,
        false
    from receipt
    where not training and day <= @day and (@day = 1 or id >= last_id - @overlap)
    union all
    select
        'fischmarkt-customers',
        reason,
        gone
    from shopper
    where day = @day
    union all
    select
        'teehaus-products',
        reason,
        gone
    from product
    where day = @day
    union all
    select
        'teehaus-customers',
        reason,
        gone
    from tea_drinker
    where day = @day
)

select
    source,
    reason,
    gone,
    count(*) as rows
from told
group by source, reason, gone
order by source, reason, gone;
