-- What @channel told of lines on a day, with all that is known of item and customer.
select
    told.*,
    item.title,
    item.vendor,
    customer.first_name,
    customer.last_name,
    customer.email,
    customer.joined_at
from told
inner join item on told.item = item.n
inner join customer on told.customer = customer.n
where told.channel = @channel and cast(told.changed_at as date) = cast(@day as date)
order by told.changed_at, told.order_no, told.line_no;
