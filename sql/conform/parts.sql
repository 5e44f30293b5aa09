-- The partitions and buckets that this run changes.
select
    part,
    bucket,
    count(*) as part_rows
from winner
group by part, bucket
order by part, bucket;
