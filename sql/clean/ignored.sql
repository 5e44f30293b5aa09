-- The records that yield nothing: the mapping ignores them, or none of its entities applies.
create or replace temp view ignored as
with found as (
    select
        record,
        fields,
        @found
    from source
)

select record
from found
where
    coalesce(try(
        @ignore
    ), false)
    or not (@applies)
order by record;
