-- One row a record: it is quarantined whole if any of its rows breaks a rule (the first one is
-- named) or if two of its rows have one key; of records that say the same, the first is accepted.
create or replace temp table verdict as
with record as (
    select
        record,
        min(identity) as identity,
        min(version) as version,
        min(position) filter (where problem is not null) as position,
        min_by(problem, position) filter (where problem is not null) as broken,
        count(distinct @row_key) < count(*) as repeated
    from checked
    group by record
),

judged as (
    select
        record,
        identity,
        version,
        position,
        case
            when broken is not null then broken
            when repeated then @repeated_line
        end as problem
    from record
)

select
    record,
    position,
    problem,
    problem is null and row_number() over (
        partition by identity, version, problem is null
        order by record
    ) > 1 as duplicate
from judged;
