-- The columns of a Parquet file; those that lie within others come after these, as their children.
select
    name,
    coalesce(num_children, 0) as children
from parquet_schema(@path);
