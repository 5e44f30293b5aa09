-- The records that are quarantined, with the entity and the rule that they break.
select
    record,
    entity,
    problem,
    position
from verdict
where problem is not null
order by record;
