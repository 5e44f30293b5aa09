-- Casts one entity's mapped rows and holds them to the contract. `problem` is the number of the
-- first rule that a row breaks, or NULL. The fragments come from the contract.
create or replace temp table checked as
with texts as (
    select
        record,
        identity,
        position,
        bad_lines,
        rev,
        deleted as text_deleted,
        coalesce(deleted = 'true', false) as deleted,
        lpad(rev, @version_width, '0') as version,
        @texts,
        @casts
    from mapped
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
