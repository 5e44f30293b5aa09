-- A member for each key that this run's rows refer to: nothing but the key, below every version
-- that a source can give, so that a fact which comes before its member joins. Every row counts, not
-- only the newest of its key, so that it does not matter which rows share a run.
create or replace temp table inferred_@table as
with referenced as (
    select distinct key
    from (@references) as reference
    where key is not null
)

select
    key as @key,
    @nothing,
    '@lowest_version' as version,
    false as deleted
from referenced;
