-- What became of an entity's records, and how many rows the accepted ones have.
select
    count(*) filter (where problem is null and not duplicate) as accepted,
    count(*) filter (where problem is not null) as quarantined,
    count(*) filter (where duplicate) as duplicate,
    (
        select count(*)
        from checked
        inner join verdict on checked.record = verdict.record
        where verdict.problem is null and not verdict.duplicate
    ) as accepted_rows
from verdict;
