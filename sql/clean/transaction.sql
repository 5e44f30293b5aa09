-- API items to `sales`: one row a line of the transaction, every column as text. A transaction
-- without lines yields one row that says so, lest it vanish.
create or replace temp view mapped as
with head as (
    select
        record,
        identity,
        coalesce(json_array_length(image, '$.lines.L'), 0) = 0 as bad_lines,
        image ->> '$.rev.N' as rev,
        case when (image -> '$.deleted') is null then 'false' else image ->> '$.deleted.BOOL' end
            as deleted,
        image ->> '$.transaction_id.S' as transaction_id,
        image ->> '$.customer_id.N' as customer_id,
        image ->> '$.sold_at.S' as sold_at,
        case
            when json_array_length(image, '$.lines.L') > 0 then json_extract(image, '$.lines.L[*]')
            else [null]
        end as lines
    from source
),

dated as (
    select
        *,
        try_cast(sold_at as timestamptz) at time zone 'UTC' as sold_at_utc
    from head
),

line as (
    select
        * exclude (lines),
        generate_subscripts(lines, 1) as position,
        unnest(lines) as line
    from dated
)

select
    record,
    identity,
    position,
    bad_lines,
    rev,
    deleted,
    transaction_id,
    line ->> '$.M.line_no.N' as line_no,
    line ->> '$.M.item_id.N' as item_id,
    customer_id,
    line ->> '$.M.vendor_id.N' as vendor_id,
    case
        when (line -> '$.M.category_id') is null then '@general_category'
        else line ->> '$.M.category_id.N'
    end as category_id,
    cast(
        extract(year from sold_at_utc) * 10000
        + extract(month from sold_at_utc) * 100
        + extract(day from sold_at_utc) as varchar
    ) as date_id,
    line ->> '$.M.unit_price.N' as unit_price,
    line ->> '$.M.qty.N' as qty,
    line ->> '$.M.total_price.N' as total_price,
    sold_at
from line;
