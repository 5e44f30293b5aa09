CREATE ROLE {{ role }};
