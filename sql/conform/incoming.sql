-- The cleaned rows of one table that this run brings.
create or replace temp view incoming_@table as
select @columns
from read_parquet(@paths);
