-- The partitions and buckets that this run changes: their rows, and what did not win against them.
select
    part,
    bucket,
    count(*) as part_rows,
    cast(sum(of_key - of_version) as bigint) as superseded,
    cast(sum(of_version - 1) as bigint) as unchanged
from winner
group by part, bucket
order by part, bucket;
