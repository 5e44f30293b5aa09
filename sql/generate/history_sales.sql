-- The sales that the old platform told of from @begins to @ends, as Parquet. Spoiled ones in turn lack
-- their item, have a negative price, or none of a thing was sold.
copy (
    select
        'O-' || order_no as order_no,
        line_no as line,
        if(fate = 'spoiled' and kind % 3 = 0, null, 'S-' || item) as sku,
        'C-' || customer as customer_no,
        'V-' || vendor as vendor_no,
        title,
        if(fate = 'spoiled' and kind % 3 = 1, -unit_price, unit_price) as unit_price,
        if(fate = 'spoiled' and kind % 3 = 2, 0, qty) as qty,
        sold_at,
        changed_at,
        if(cancelled, 'cancelled', 'sold') as status
    from told
    inner join item on told.item = item.n,
        range(if(fate = 'twice', 2, 1)) as times(again)
    where
        channel = 'platform'
        and changed_at >= cast(@begins as timestamp)
        and changed_at < cast(@ends as timestamp)
    order by changed_at, order_no, line_no
) to @path (format parquet, compression zstd);
