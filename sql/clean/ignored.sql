-- The records that yield nothing: the mapping ignores them, or none of its entities applies.
create or replace temp view ignored as
with text as (
    select
        record,
        fields,
        null as member,
        @extracted
    from source
),

found as (
    select
        record,
        fields,
        @found
    from text
)

select record
from found
where
    coalesce(try(
        @ignore
    ), false)
    or not (@applies)
order by record;
