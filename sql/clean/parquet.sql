-- The rows of a Parquet file as any source's records: `fields` holds each column as text, in the
-- order of their names, so that the same row is the same text however its file is laid out.
create or replace temp view source as
select
    file_row_number + 1 as record,
    to_json(struct_pack(@fields)) as fields
from read_parquet(@path, file_row_number = true);
