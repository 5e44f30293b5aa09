-- One row a record: it is quarantined whole if any of its rows breaks a rule (the first one is
-- named) or if two of its rows have one key; of records that say the same, the first is accepted.
create or replace temp table verdict as
with row_of_record as (
    @rows
),

of_entity as (
    select
        record,
        entity,
        min(identity) as identity,
        min(version) as version,
        min(position) filter (where problem is not null) as position,
        min_by(problem, position) filter (where problem is not null) as broken,
        count(distinct row_key) < count(row_key) as repeated
    from row_of_record
    group by record, entity
),

told as (
    select
        *,
        case
            when broken is not null then broken
            when repeated then @repeated
        end as problem
    from of_entity
),

judged as (
    select
        record,
        min(identity) as identity,
        min(version) as version,
        min({'entity': entity, 'problem': problem, 'position': position})
            filter (where problem is not null) as broken
    from told
    group by record
)

select
    record,
    broken.entity as entity,
    broken.problem as problem,
    broken.position as position,
    broken is null and row_number() over (
        partition by identity, version, broken is null
        order by record
    ) > 1 as duplicate
from judged;
