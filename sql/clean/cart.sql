-- API items to `cart`: a row for each line in the cart now, and a tombstone for each line up to
-- lines_ever, the most lines that this cart ever had: so lines that are gone stay gone, in
-- whatever order a cart's states come. Line 1 has a row in any case, so no record yields none.
create or replace temp view mapped as
with head as (
    select
        record,
        identity,
        json_type(image, '$.lines.L') is distinct from 'ARRAY' as no_list,
        json_array_length(image, '$.lines.L') as lines_now,
        try_cast(image ->> '$.lines_ever.N' as integer) as lines_ever,
        image ->> '$.rev.N' as rev,
        image ->> '$.customer_id.N' as customer_id,
        image ->> '$.updated_at.S' as updated_at,
        json_extract(image, '$.lines.L[*]') as lines
    from source
),

told as (
    select
        *,
        no_list or lines_ever is null or lines_ever < lines_now or lines_ever > @most_lines
            as bad_lines
    from head
),

filled as (
    select
        * exclude (lines),
        -- beyond the lines in the cart now, the list goes on with NULLs
        list_resize(
            coalesce(lines, []),
            case when bad_lines then 1 else greatest(lines_now, lines_ever, 1) end
        ) as lines
    from told
),

line as (
    select
        * exclude (lines),
        generate_subscripts(lines, 1) as position,
        unnest(lines) as line
    from filled
)

select
    record,
    identity,
    position,
    bad_lines,
    rev,
    case when position > lines_now then 'true' else 'false' end as deleted,
    customer_id,
    case when position > lines_now then cast(position as varchar) else line ->> '$.M.line_no.N' end
        as line_no,
    line ->> '$.M.item_id.N' as item_id,
    line ->> '$.M.vendor_id.N' as vendor_id,
    line ->> '$.M.qty.N' as qty,
    line ->> '$.M.unit_price.N' as unit_price,
    line ->> '$.M.total_price.N' as total_price,
    case when position > lines_now then null else updated_at end as updated_at
from line;
