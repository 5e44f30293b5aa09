-- Teehaus' products as they are on a day.
select *
from product
where day <= @day
qualify day = max(day) over (partition by n) and not gone
order by n;
