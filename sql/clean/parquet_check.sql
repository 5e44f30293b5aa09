-- Every value of a Parquet file is unpacked, which shows whether it is whole.
select count(*), max(hash(*columns(*))) as seen -- noqa: AL03
from read_parquet(@path, file_row_number = true);
