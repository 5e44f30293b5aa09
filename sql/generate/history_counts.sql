-- What becomes of the sales that the old platform told of from @begins to @ends: how often each kind
-- is among the spoiled, and 'sent' and 'twice'.
select
    if(fate = 'spoiled', ['missing_field', 'out_of_range', 'out_of_range'][1 + kind % 3], fate) as what,
    count(*) as rows
from told
where
    channel = 'platform'
    and changed_at >= cast(@begins as timestamp)
    and changed_at < cast(@ends as timestamp)
group by what
order by what;
