-- Fischmarkt's customers as they are on a day.
select
    n as id,
    first_name,
    last_name,
    email,
    since
from shopper
where day <= @day
qualify day = max(day) over (partition by n) and not gone
order by n;
