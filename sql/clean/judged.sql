-- The rows of one entity, for the verdict on their records.
select
    @number as entity,
    record,
    identity,
    version,
    position,
    problem,
    @row_key as row_key
from checked_@number
