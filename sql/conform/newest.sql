-- When the newest of the facts that this run hands on happened.
select max(@happened) as newest
from winner;
