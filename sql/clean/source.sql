-- The records of one entity in one raw object: `record` is the line in the object, `identity` the
-- item's key in the source table, `image` the item as DynamoDB types it.
create or replace temp view source as
select
    record,
    identity,
    image
from read_json(
    @path,
    format = 'newline_delimited',
    columns = {record: 'BIGINT', identity: 'VARCHAR', image: 'JSON'}
);
