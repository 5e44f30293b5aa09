-- How many cleaned rows of one table this run brings.
select count(*) as arrived
from incoming_@table;
