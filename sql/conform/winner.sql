-- One row a key: the highest version. `of_key` counts the rows that the key came with, `of_version`
-- those among them with the winning version. Rows of one key and version are equal by contract; the
-- order over all columns makes the choice certain even if they are not.
create or replace temp table winner as
with incoming as (
    @incoming
),

ranked as (
    select
        *,
        count(*) over (partition by @key) as of_key,
        count(*) over (partition by @key, version) as of_version,
        row_number() over (
            partition by @key
            order by version desc, @all_columns
        ) as place
    from incoming
)

select
    @stored_columns,
    of_key,
    of_version,
    @partition as part,
    @bucket as bucket
from ranked
where place = 1;
