-- Casts one entity's mapped rows and holds them to the contract. `problem` is the number of the
-- first rule that a row breaks, or NULL. The fragments come from the contract.
create or replace temp table checked_@number as
with given as (
    select
        * exclude (@given),
        @given as given
    from mapped
),

texts as (
    select
        record,
        identity,
        position,
        bad_lines,
        @unreadable as unreadable,
        given,
        deleted as text_deleted,
        coalesce(deleted = 'true', false) as deleted,
        @version as version,
        @texts,
        @casts
    from given as mapped
)

select
    record,
    identity,
    position,
    version,
    deleted,
    @columns,
    case
        @rules
    end as problem
from texts;
