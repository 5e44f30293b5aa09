-- A member for each key that is referred to: nothing but the key, below every version that a
-- source can give, so that a fact which comes before its member joins.
create or replace temp table inferred_@table as
select
    key as @key,
    @nothing,
    '@lowest_version' as version,
    false as deleted
from referenced;
