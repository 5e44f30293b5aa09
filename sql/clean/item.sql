-- API items to `inventory`: one row a record, every column as text. Stock is the API's own affair.
create or replace temp view mapped as
select
    record,
    identity,
    1 as position,
    false as bad_lines,
    image ->> '$.rev.N' as rev,
    case when (image -> '$.deleted') is null then 'false' else image ->> '$.deleted.BOOL' end
        as deleted,
    image ->> '$.item_id.N' as item_id,
    image ->> '$.item_name.S' as item_name,
    case
        when (image -> '$.category') is null then '@general_category'
        else image ->> '$.category.N'
    end as category,
    image ->> '$.price.N' as price,
    image ->> '$.updated_at.S' as updated_at,
    image ->> '$.vendor_id.N' as vendor_id
from source;
