-- API items to `vendor`: one row a record, every column as text.
create or replace temp view mapped as
select
    record,
    identity,
    1 as position,
    false as bad_lines,
    image ->> '$.rev.N' as rev,
    case when (image -> '$.deleted') is null then 'false' else image ->> '$.deleted.BOOL' end
        as deleted,
    image ->> '$.vendor_id.N' as vendor_id,
    image ->> '$.vendor_name.S' as vendor_name,
    image ->> '$.region.S' as region,
    image ->> '$.joined_at.S' as joined_at
from source;
