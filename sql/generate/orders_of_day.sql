-- The orders that @channel told of on a day, with their customers and the titles of their items.
select
    posted.* exclude (lines),
    customer.first_name,
    customer.last_name,
    customer.email,
    customer.joined_at,
    (
        select list(struct_insert(each.line, title := item.title, vendor := item.vendor) order by each.line.line_no)
        from (select unnest(posted.lines) as line) as each
        inner join item on each.line.item = item.n
    ) as lines
from posted
inner join customer on posted.customer = customer.n
where posted.channel = @channel and cast(posted.changed_at as date) = cast(@day as date)
order by posted.changed_at, posted.order_no;
