-- What LOCK, COPY, DELETE and MERGE need; the star's views are for others to be granted.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA store TO {{ loader }};
