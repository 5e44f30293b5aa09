-- The customers that come in the increment, on the day that they are told of.
select *
from customer_told
where late and cast(sent_at as date) = cast(@day as date)
order by sent_at, n;
