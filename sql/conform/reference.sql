-- The keys that one column of one table's rows refers to.
select @column as key
from incoming_@table
