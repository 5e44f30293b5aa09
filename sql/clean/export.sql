-- Some records of the view `source`, as a file of NDJSON.
copy (
    select
        record,
        fields
    from source
    where record between @first and @last
    order by record
) to @path (format json);
