-- Whether the engine takes an expression of a mapping, and of what type it is: over no record.
select
    (
        @sql
    ) as result
from (
    select {@parsed} as parsed @texts
)
limit 0;
