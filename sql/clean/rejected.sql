-- The records that are quarantined, with the rule that they break.
select
    record,
    problem,
    position
from verdict
where problem is not null
order by record;
