GRANT USAGE ON SCHEMA store TO {{ loader }};
