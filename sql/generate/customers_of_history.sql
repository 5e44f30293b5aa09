-- The customers of whom history tells.
select *
from customer_told
where past
order by sent_at, n;
