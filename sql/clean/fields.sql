-- The records of a source's object: `record` is its number in the object, `fields` the record with
-- every leaf a text, with what the object's folders say of it.
create or replace temp view source as
select
    record,
    labelled(fields) as fields
from read_json(
    @path,
    format = 'newline_delimited',
    columns = {record: 'BIGINT', fields: 'JSON'}
);
