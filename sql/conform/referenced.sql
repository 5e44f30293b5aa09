-- The keys of one dimension that this run's rows refer to. Every row counts, not only the newest
-- of its key, so that it does not matter which rows share a run.
create or replace temp table referenced as
select distinct key
from (@references) as reference
where key is not null;
