-- One partition and bucket of a table's delta, in the order of its keys.
copy (
    select @stored_columns
    from winner
    where part = @part and bucket = @bucket
    order by @key
) to @path (format parquet, compression zstd);
