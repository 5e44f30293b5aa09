-- The records of the view `source` that come after one of them, in the file's order, which the
-- engine keeps; to sort them would hold them all.
select
    record,
    fields
from source
where record > @after;
