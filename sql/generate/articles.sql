-- Fischmarkt's articles as they are on a day.
select
    sku,
    title,
    price,
    changed_at
from article
where day <= @day
qualify day = max(day) over (partition by n)
order by n;
