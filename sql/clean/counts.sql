-- How many records there are, and how many of them say what another has said.
select
    count(*) as records,
    count(*) filter (where duplicate) as duplicate
from verdict;
