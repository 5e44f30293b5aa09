-- A day for each date that this run's rows refer to: its number, yyyymmdd, tells all there is to
-- know of it.
create or replace temp table inferred_@table as
with referenced as (
    select distinct key
    from (@references) as reference
    where key is not null
)

select
    key as date_id,
    cast(floor(key / 10000) as integer) as year,
    cast(floor(key / 100) as integer) % 100 as month,
    key % 100 as day,
    '@lowest_version' as version,
    false as deleted
from referenced;
