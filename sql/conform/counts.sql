-- What came in for one table, and what of it did not win.
select
    cast(coalesce(sum(of_key), 0) as bigint) as came,
    cast(coalesce(sum(of_key - of_version), 0) as bigint) as superseded,
    cast(coalesce(sum(of_version - 1), 0) as bigint) as unchanged
from winner;
