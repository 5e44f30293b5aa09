-- The rows of one view or table, in the shape of a delta.
select @stored_columns
from @source
