-- API items to `category`: one row a record, every column as text.
create or replace temp view mapped as
select
    record,
    identity,
    1 as position,
    false as bad_lines,
    image ->> '$.rev.N' as rev,
    case when (image -> '$.deleted') is null then 'false' else image ->> '$.deleted.BOOL' end
        as deleted,
    image ->> '$.category_id.N' as category_id,
    image ->> '$.category_name.S' as category_name
from source;
