-- The rows of the accepted records, in the contract's shape, in the order of the object.
copy (
    select @columns
    from checked_@number as checked
    inner join verdict on checked.record = verdict.record
    where verdict.problem is null and not verdict.duplicate
    order by checked.record, checked.position
) to @path (format parquet, compression zstd);
