-- The items of which history tells.
select *
from item_told
where past
order by changed_at, n;
