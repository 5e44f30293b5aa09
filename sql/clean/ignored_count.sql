-- How many records of a source yield nothing, since its mapping says so.
select count(*) as ignored
from ignored;
