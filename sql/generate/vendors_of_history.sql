-- The vendors of whom history tells.
select *
from vendor_told
where past
order by n;
