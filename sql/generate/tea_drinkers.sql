-- Teehaus' customers as they are on a day.
select *
from tea_drinker
where day <= @day
qualify day = max(day) over (partition by n) and not gone
order by n;
