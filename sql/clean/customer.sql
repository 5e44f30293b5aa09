-- API items to `customer`: one row a record, every column as text.
create or replace temp view mapped as
select
    record,
    identity,
    1 as position,
    false as bad_lines,
    image ->> '$.rev.N' as rev,
    case when (image -> '$.deleted') is null then 'false' else image ->> '$.deleted.BOOL' end
        as deleted,
    image ->> '$.customer_id.N' as customer_id,
    image ->> '$.first_name.S' as first_name,
    image ->> '$.last_name.S' as last_name,
    image ->> '$.email.S' as email,
    image ->> '$.joined_at.S' as joined_at
from source;
